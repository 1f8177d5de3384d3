interface Schema {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
}

/** What stands for a value of each simple type in a generated template. */
const SAMPLES: Readonly<Record<string, string>> = {string: '"foo"', integer: '42', number: '3.14', boolean: 'true'}

/**
 * A mapping template in the shape of a schema, as GetModelTemplate generates it for a person to fill in: sample values
 * of the right type, and a loop around the items of each array. The layout follows the console's generated templates.
 * @param schema a JSON schema without references
 */
export function mappingTemplateOf(schema: unknown): string {
  return `#set($inputRoot = $input.path('$'))\n${render(schema as Schema, '$inputRoot', '')}`
}

function render(schema: Schema, source: string, indent: string): string {
  if (schema.type === 'array' || schema.items) {
    const item = render(schema.items ?? {}, '$elem', `${indent}  `)
    return [
      '[',
      '##TODO: Update this foreach loop to reference array from input json',
      `#foreach($elem in ${source})`,
      `${indent}  ${item}#if($foreach.hasNext),#end`,
      '#end',
      `${indent}]`,
    ].join('\n')
  }
  if (schema.type === 'object' || schema.properties) {
    const entries = Object.entries(schema.properties ?? {})
    if (entries.length === 0) return '{ }'
    const lines = entries.map(
      ([name, property]) => `${indent}  "${name}" : ${render(property, `${source}.${name}`, `${indent}  `)}`,
    )
    return `{\n${lines.join(',\n')}\n${indent}}`
  }
  return SAMPLES[schema.type ?? ''] ?? '{ }'
}
