import {Help} from '@oclif/core/help'
import {HELP_TOPICS} from './topics.js'

/** oclif's help, with the topics that are not commands at the end of the front page. */
export default class ApigwHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    const width = Math.max(...Object.keys(HELP_TOPICS).map(name => name.length))
    const lines = Object.entries(HELP_TOPICS).map(([name, {summary}]) => `  ${name.padEnd(width)}  ${summary}`)
    this.log(['', 'HELP TOPICS', ...lines, '', 'Read one with: apigw help TOPIC'].join('\n'))
  }
}
