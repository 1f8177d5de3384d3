import {string} from '@oclif/core/args'
import {openLogging} from '../../aws/logs.js'
import {ApigwCommand} from '../../cli/command.js'
import {apiFlag, stageFlag, streamFlags} from '../../cli/flags.js'
import {momentFlag, shapeFlags} from '../../cli/logs.js'
import {Calls} from '../../domain/logs/calls.js'
import {deployedFunctions} from '../../domain/logs/functions.js'
import {noStatistics} from '../../domain/logs/statistics.js'
import {requestIdFrom, searchedStages} from '../../domain/logs/story/search.js'
import {requestStory} from '../../domain/logs/story/story.js'
import {HISTORY_PACE} from '../../domain/logs/tail.js'
import {requestStoryView} from '../../views/request-story.js'

export default class LogsRequest extends ApigwCommand {
  static override summary = 'Show everything that the logs have about one request'
  static override description =
    'Execution log, access log and the log of the Lambda function on one timeline. Without --api and --stage all stages that log are searched. In a pipe a line is time, source, text, separated by tabs.'
  static override examples = [
    '<%= config.bin %> logs request 1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01 --api petstore --stage prod',
    '<%= config.bin %> logs request Ab1cDEfGIAMEHkA= --since 7d',
    "<%= config.bin %> logs request Ab1cDEfGIAMEHkA= --json | jq -r '.lines[].text'",
  ]
  static override args = {
    id: string({
      description:
        'value of x-amzn-RequestId, or its first eight characters, value of x-amz-apigw-id, id of a Lambda invocation or of an X-Ray trace',
      required: true,
      parse: async text => requestIdFrom(text),
    }),
  }
  static override flags = {
    ...apiFlag,
    ...stageFlag,
    since: momentFlag({description: 'how far back it is looked for: 6h, 7d, an ISO time [default: 1d]'}),
    redact: shapeFlags.redact,
    ...streamFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(LogsRequest)
    const logging = await openLogging(this.session)
    const stages = await searchedStages(logging, this.context)
    const watch = {...this.session, random: Math.random, statistics: noStatistics()}
    const ports = {
      source: new Calls(logging.source, watch, false, HISTORY_PACE),
      functions: (stage: (typeof stages)[number]) => deployedFunctions(logging, stage),
    }
    await this.stream(once(requestStory(ports, {...args, ...flags, stages}, watch)), requestStoryView)
  }
}

async function* once<Result>(result: Promise<Result>): AsyncGenerator<Result> {
  yield await result
}
