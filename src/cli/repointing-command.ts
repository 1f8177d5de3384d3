import type {Plan} from '../domain/plan.js'
import type {Difference} from '../domain/snapshots/difference.js'
import {dryRunRemarks} from '../views/deployments.js'
import {differenceReport} from '../views/differences.js'
import {ApigwCommand} from './command.js'
import {EXIT_CODES} from './failure.js'

/** What makes a stage serve something else. */
interface RepointingPlan extends Plan<unknown> {
  difference: Difference
  remarks: readonly string[]
}

/** A command that makes a stage serve something else. */
export abstract class RepointingCommand extends ApigwCommand {
  /** Shows what would be different, and what would be done to the stage. */
  protected async preview(plan: RepointingPlan, hasExitCode: boolean): Promise<void> {
    const remarks = dryRunRemarks(plan)
    await this.report({...plan.difference, plan: plan.changes, remarks}, differenceReport)
    this.remark(remarks)
    if (hasExitCode && plan.changes.length > 0) this.exitWith(EXIT_CODES.differences)
  }

  /** Shows people what will be different, and asks whether the stage shall serve it. */
  protected async agree(
    {difference, remarks, question}: RepointingPlan & {question: string},
    stage: string,
    flags: {yes: boolean; 'dry-run': boolean},
  ): Promise<void> {
    if (!this.isForPrograms) this.noteReport(difference, differenceReport)
    this.remark(remarks)
    if (this.context.protectedStages.includes(stage)) await this.guard(stage, flags)
    else await this.prompt.confirm({message: question, yes: flags.yes})
  }
}
