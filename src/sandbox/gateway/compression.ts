import {promisify} from 'node:util'
import {deflate, gunzip, gzip, inflate} from 'node:zlib'
import {header, removeHeader, setHeader} from './fields.js'
import {GatewayFault} from './gateway-responses.js'
import type {Arrival, MethodResponse} from './invocation.js'

const compressors = {gzip: promisify(gzip), deflate: promisify(deflate)}
const decompressors = {gzip: promisify(gunzip), deflate: promisify(inflate)}

/** The largest body after decompression, in bytes: the limit of a payload. */
const MAX_BODY = 10_485_760

/** Compresses an answer from the API's minimum size on, as the client accepts it. */
export async function compressed(response: MethodResponse, {request, snapshot}: Arrival): Promise<MethodResponse> {
  const {minimumCompressionSize} = snapshot.api
  const accepted = header(request.headers, 'accept-encoding')?.toLowerCase() ?? ''
  const coding = (['gzip', 'deflate'] as const).find(name => accepted.includes(name))
  if (minimumCompressionSize === undefined || !coding || header(response.headers, 'content-encoding')) return response
  if (Buffer.byteLength(response.body) < minimumCompressionSize) return response
  const headers = new Map(response.headers)
  setHeader(headers, 'Content-Encoding', coding)
  return {...response, headers, body: await compressors[coding](response.body)}
}

/**
 * An API that compresses also takes compressed bodies, which its mappings and models see as they were before.
 * @throws GatewayFault BAD_REQUEST_BODY for a body that is not what its header says; what the service answers is not known
 */
export async function decompressRequest({request, snapshot}: Arrival): Promise<void> {
  const coding = header(request.headers, 'content-encoding')?.toLowerCase()
  if (snapshot.api.minimumCompressionSize === undefined || (coding !== 'gzip' && coding !== 'deflate')) return
  try {
    request.body = await decompressors[coding](request.body, {maxOutputLength: MAX_BODY})
  } catch {
    throw new GatewayFault('BAD_REQUEST_BODY')
  }
  removeHeader(request.headers, 'content-encoding')
}
