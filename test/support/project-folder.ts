import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A working directory with a project file. */
export function projectFolder(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(folder, '.apigw.yaml'), text)
  return folder
}
