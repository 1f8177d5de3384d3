import * as Flags from '@oclif/core/flags'

const EXTENSIONS = ['apigateway', 'integrations', 'authorizers', 'postman', 'none'] as const

/** What `apis export` can be told of the document. */
export const exportFlags = {
  edited: Flags.boolean({description: 'what is edited, instead of what a stage serves', exclusive: ['stage']}),
  format: Flags.option({
    options: ['oas30', 'swagger'] as const,
    default: 'oas30',
    description: 'OpenAPI 3.0, or Swagger 2.0',
  })(),
  as: Flags.option({
    options: ['yaml', 'json'] as const,
    description: 'how the document is written',
    exclusive: ['output', 'json', 'query'],
    defaultHelp: async () => 'yaml; json with --json',
  })(),
  extensions: Flags.option({
    options: EXTENSIONS,
    multiple: true,
    delimiter: ',',
    default: ['apigateway'],
    description: 'extensions in the document; apigateway stands for all that an import needs',
  })(),
}
