import type {ApiKey} from '@aws-sdk/client-api-gateway'
import {badRequest, ServiceError} from '../errors.js'
import type {Call} from '../service.js'
import {entryOf} from '../store.js'
import {checkTexts, createKey, valueFault} from './api-keys.js'
import {attachKey} from './usage-plan-keys.js'

/** One data row of a key file. */
interface Row {
  name: string
  value: string
  description: string
  enabled: boolean
  usagePlanIds: string[]
}

/**
 * Imports keys from CSV. A value that exists is overwritten in place and looks new; a bad row is skipped with a warning;
 * unknown plans are ignored. With `failOnWarnings` the answer is an error, but the good rows stay (recorded).
 * Source: "API Gateway API key file format" and recordings. That a name or a description which CreateApiKey refuses is
 * warned of as a bad value is, and so is a plan that the key cannot be on, with the key made all the same, are assumptions.
 * @throws ServiceError BadRequestException for a missing column, or for warnings where they are to fail
 */
export function importKeys(text: string, failOnWarnings: boolean, call: Call): {ids: string[]; warnings: string[]} {
  const ids: string[] = []
  const warnings: string[] = []
  for (const [i, row] of readRows(text).entries()) {
    const fault = valueFault(row.value) ?? refusal(() => checkTexts(row))
    if (fault) {
      warnings.push(`Skipped invalid record: ${i + 1}. ${fault}`)
      continue
    }
    const key = importKey(row, call)
    ids.push(key.id!)
    for (const planId of row.usagePlanIds) {
      const record = entryOf(call.state.usagePlans, planId)
      if (!record || record.keyIds.has(key.id!)) continue
      const reason = refusal(() => attachKey(record, key, call))
      if (reason) warnings.push(`Skipped usage plan association for record: ${i + 1}. ${reason}`)
    }
  }
  if (failOnWarnings && warnings.length > 0) {
    throw badRequest(`Warnings found during import:\n${warnings.map(warning => `\t${warning}`).join('\n')}`)
  }
  return {ids, warnings}
}

function importKey({name, value, description, enabled}: Row, call: Call): ApiKey {
  const existing = call.state.apiKeys.withValue(value)
  if (!existing) return createKey(call, {name, value, description, enabled, stageKeys: []})
  const now = call.now()
  const texts = {name: name || undefined, description: description || undefined}
  return Object.assign(existing, texts, {enabled, createdDate: now, lastUpdatedDate: now})
}

/** Why the service would refuse something. */
function refusal(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof ServiceError) return error.message
    throw error
  }
}

function readRows(text: string): Row[] {
  const [header = [], ...records] = parseCsv(text)
  const columns = new Map(header.map((name, i) => [name.trim().toLowerCase(), i]))
  for (const name of ['Name', 'Key']) {
    if (!columns.has(name.toLowerCase())) throw badRequest(`Missing required column '${name}' `)
  }
  return records.map(record => {
    const cell = (column: string) => record[columns.get(column) ?? -1]?.trim() ?? ''
    return {
      name: cell('name'),
      value: cell('key'),
      description: cell('description'),
      // The default is true (documented): taken to hold for an empty cell, as for a column that is not there.
      enabled: ['', 'true'].includes(cell('enabled').toLowerCase()),
      usagePlanIds: cell('usageplanids')
        .split(',')
        .map(id => id.trim())
        .filter(Boolean),
    }
  })
}

/** Commas between cells; a cell in double or single quotes may hold commas, newlines and its own quote doubled. */
function parseCsv(text: string): string[][] {
  const CELL = /[^\S\r\n]*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^,\r\n]*))[^\S\r\n]*(,|\r?\n|$)/y
  const rows: string[][] = []
  let row: string[] = []
  for (;;) {
    const found = CELL.exec(text)
    // The wording is an assumption.
    if (!found) throw badRequest('Unable to parse the CSV file')
    const [, double, single, plain, end] = found
    row.push(double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? plain ?? '')
    if (end === ',') continue
    if (row.some(cell => cell !== '')) rows.push(row)
    row = []
    if (end === '') break
  }
  return rows
}
