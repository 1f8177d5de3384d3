import type {Integration, Route} from '../domain/routes.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** Routes: rows for programs, and for people a tree drawn in the first column. */
export function routeTree(routes: readonly Route[]): View<Route> {
  const branches = branchesOf(routes)
  return {
    columns: [
      {header: 'PATH', value: route => route.path, text: route => branches.get(route) ?? ''},
      {
        header: 'METHOD',
        value: route => route.method,
        text: (route, paint) => paint.bold(printable(route.method ?? '')),
      },
      {header: 'AUTH', value: route => route.authorization?.toLowerCase()},
      {
        header: 'API KEY',
        value: route => route.apiKeyRequired,
        text: (route, paint) => (route.apiKeyRequired ? paint.warn('required') : ''),
      },
      {header: 'INTEGRATION', value: route => integrationText(route.integration)},
    ],
    id: route => [route.method, route.path].filter(Boolean).join(' '),
    empty: 'The API has no methods yet. Add one: apigw routes add GET /hello --mock',
  }
}

/** What is behind a method, in a few words: `mock`, `http_proxy https://example.com`, `lambda pets:live`. */
export function integrationText(integration: Integration | undefined): string | undefined {
  if (!integration) return undefined
  const {type, uri = ''} = integration
  const lambda = LAMBDA_URI.exec(uri)
  if (type === 'AWS_PROXY' && lambda) return `lambda ${lambda[1]}`
  return [type.toLowerCase(), uri].filter(Boolean).join(' ')
}

const LAMBDA_URI = /:lambda:path\/[^/]+\/functions\/(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?(.+)\/invocations$/

/**
 * The first cell of each row of the tree. A path is written below the nearest one above it that has a row, without the
 * part that they share; the second and further methods of a path have only the lines of the tree.
 */
function branchesOf(routes: readonly Route[]): Map<Route, string> {
  const paths = [...new Set(routes.map(route => route.path))]
  const parents = new Map(paths.map(path => [path, parentOf(path, paths)]))
  const childrenOf = (parent: string | undefined) => paths.filter(path => parents.get(path) === parent)
  const cells = new Map<Route, string>()
  const draw = (path: string, first: string, next: string) => {
    const parent = parents.get(path)
    const label = printable(parent === undefined || parent === '/' ? path : path.slice(parent.length))
    const children = childrenOf(path)
    const own = routes.filter(route => route.path === path)
    own.forEach((route, i) => {
      cells.set(route, i === 0 ? `${first}${label}` : `${next}${children.length > 0 ? '│' : ''}`)
    })
    children.forEach((child, i) => {
      const isLast = i === children.length - 1
      draw(child, `${next}${isLast ? '└─ ' : '├─ '}`, `${next}${isLast ? '   ' : '│  '}`)
    })
  }
  for (const path of childrenOf(undefined)) draw(path, '', '')
  return cells
}

/** The longest of some paths that another is below. */
function parentOf(path: string, paths: readonly string[]): string | undefined {
  const above = paths.filter(other => other !== path && path.startsWith(other === '/' ? '/' : `${other}/`))
  return above.reduce<string | undefined>(
    (best, other) => (other.length > (best?.length ?? 0) ? other : best),
    undefined,
  )
}
