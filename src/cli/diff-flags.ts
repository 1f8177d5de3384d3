import * as Flags from '@oclif/core/flags'

/** Flags of commands that show a difference. */
export const diffFlags = {
  'exit-code': Flags.boolean({description: 'exit with 8 when there is a difference'}),
  'temporary-stage': Flags.boolean({
    description:
      'where no stage serves a deployment, read it from one that is made for that and deleted again; until then the ' +
      'deployment is callable, under a name that nobody can guess',
  }),
}
