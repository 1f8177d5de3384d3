import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** Writes function modules, name to source, and returns their files by name, as the sandbox wants them. */
export function functionModules(sources: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-functions-'))
  const files = Object.entries(sources).map(([name, source]) => {
    const file = join(folder, `${name}.mjs`)
    writeFileSync(file, source)
    return [name, file] as const
  })
  return Object.fromEntries(files)
}

/** The invocation ARN of a function, as an integration or an authorizer names it. */
export const invocationArn = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:${name}/invocations`
