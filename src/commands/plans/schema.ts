import {ApigwCommand} from '../../cli/command.js'
import {PLAN_FILE_SCHEMA} from '../../domain/plan-files/schema.js'

export default class PlansSchema extends ApigwCommand {
  static override summary = 'Print the JSON Schema of the files that `plans apply` reads'
  static override description =
    'For editors, which then complete and check such files as you type: the first line of what `plans export` writes ' +
    'points to plans.schema.json beside it.'
  static override examples = ['<%= config.bin %> plans schema > plans.schema.json']

  async run(): Promise<void> {
    await this.parse(PlansSchema)
    await this.print(`${JSON.stringify(PLAN_FILE_SCHEMA, undefined, 2)}\n`)
  }
}
