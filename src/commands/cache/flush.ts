import * as Flags from '@oclif/core/flags'
import {openApis} from '../../aws/apis.js'
import {openStageCaches} from '../../aws/stage-caches.js'
import {openStages} from '../../aws/stages.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, dryRunFlag, stageFlag} from '../../cli/flags.js'
import {resolveApi} from '../../domain/apis.js'
import {awaitCache, planCacheFlush} from '../../domain/stage-cache.js'
import {resolveStage} from '../../domain/stages.js'
import {flushedView} from '../../views/stage-cache.js'

export default class CacheFlush extends ApigwCommand {
  static override summary = 'Empty the cache of a stage: the next answers come from the back end'
  static override description =
    'Until the cache has filled again, every request reaches the back end. Authorizers keep what they have decided in a ' +
    'cache of their own, also where the stage has no cache cluster: --authorizers empties that one instead.'
  static override examples = [
    '<%= config.bin %> cache flush --api petstore --stage prod',
    '<%= config.bin %> cache flush --stage prod --wait',
    '<%= config.bin %> cache flush --stage prod --authorizers',
  ]
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    authorizers: Flags.boolean({description: 'forget what authorizers have decided, instead of the answers'}),
    wait: Flags.boolean({
      description: 'wait until the cache is available again, as long as --max-wait says',
      exclusive: ['authorizers'],
    }),
    ...dryRunFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CacheFlush)
    const {session} = this
    const [apis, stages, caches] = await Promise.all([openApis(session), openStages(session), openStageCaches(session)])
    const api = await resolveApi(apis, this.context.api, this.choose)
    const stage = await resolveStage(await stages.list(api.id), this.context.stage, this.choose, api)
    const what = flags.authorizers ? 'authorizers' : 'answers'
    const flushed = await this.carryOut(planCacheFlush({stages, caches}, api, stage, what), flags)
    if (!flushed) return
    const seen = {...stage, cacheStatus: flushed.cacheStatus}
    const {cacheStatus} = flags.wait ? await awaitCache(stages, api, seen, session) : flushed
    await this.show({...flushed, cacheStatus}, flushedView)
  }
}
