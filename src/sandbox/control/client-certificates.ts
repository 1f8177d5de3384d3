import type {
  ClientCertificate,
  GenerateClientCertificateRequest,
  UpdateClientCertificateRequest,
} from '@aws-sdk/client-api-gateway'
import {notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {checkRoom} from './limits.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setText} from './patch.js'
import {selfSignedCertificate} from './self-signed-certificate.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'

const VALID_DAYS = 365

export const clientCertificates: Handlers = {
  GenerateClientCertificate(input: GenerateClientCertificateRequest, call) {
    checkTags(input.tags)
    checkRoom('Client certificates', Object.keys(call.state.clientCertificates).length)
    const createdDate = call.now()
    const expirationDate = new Date(createdDate.getTime() + VALID_DAYS * 24 * 3_600_000)
    const certificate: ClientCertificate = {
      clientCertificateId: shortId(call.state.clientCertificates),
      description: input.description || undefined,
      pemEncodedCertificate: selfSignedCertificate('ApiGateway', createdDate, expirationDate),
      createdDate,
      expirationDate,
      tags: input.tags,
    }
    call.state.clientCertificates[certificate.clientCertificateId!] = certificate
    return taggedBriefly(certificate)
  },

  GetClientCertificate: (input: {clientCertificateId: string}, call) =>
    taggedFully(certificateOf(call, input.clientCertificateId)),

  GetClientCertificates: (input: PageRequest, call) =>
    page(Object.values(call.state.clientCertificates).map(taggedBriefly), input),

  UpdateClientCertificate(input: UpdateClientCertificateRequest, call) {
    const next = PATCHES.apply(certificateOf(call, input.clientCertificateId), input.patchOperations)
    call.state.clientCertificates[input.clientCertificateId!] = next
    return taggedFully(next)
  },

  DeleteClientCertificate(input: {clientCertificateId: string}, call) {
    certificateOf(call, input.clientCertificateId)
    delete call.state.clientCertificates[input.clientCertificateId]
  },
}

const PATCHES = new PatchTable<ClientCertificate>([{path: '/description', replace: setText('description')}])

function certificateOf(call: Call, id: string | undefined): ClientCertificate {
  const certificate = entryOf(call.state.clientCertificates, id ?? '')
  if (!certificate) throw notFound('Invalid Client Certificate identifier specified')
  return certificate
}
