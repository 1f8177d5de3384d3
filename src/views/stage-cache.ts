import type {Flushed} from '../domain/stage-cache.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** What was forgotten. */
export const flushedView: View<Flushed> = {
  columns: [
    {header: 'STAGE', value: ({stage}) => stage, text: ({stage}, paint) => paint.name(printable(stage))},
    {header: 'API', value: ({apiName}) => apiName},
    {header: 'FLUSHED', value: ({flushed}) => flushed},
    {header: 'CACHE STATUS', value: ({cacheStatus}) => cacheStatus},
  ],
  id: ({stage}) => stage,
}
