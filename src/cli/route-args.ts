import * as Args from '@oclif/core/args'

/** Which method of which path. */
export const routeArgs = {
  method: Args.string({description: 'GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD or ANY', required: true}),
  path: Args.string({description: 'path, such as /pets/{id} or /files/{proxy+}', required: true}),
}
