import {X509Certificate} from 'node:crypto'
import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

test('a generated certificate is one, signed by itself and valid for a year', async () => {
  const {apigateway} = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  const {clientCertificateId, pemEncodedCertificate = ''} = await apigateway.generateClientCertificate({})
  const certificate = new X509Certificate(pemEncodedCertificate)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(new Date(certificate.validFrom)).toEqual(new Date('2026-01-02T03:04:05Z'))
  expect(new Date(certificate.validTo)).toEqual(new Date('2027-01-02T03:04:05Z'))
  expect(await apigateway.getClientCertificate({clientCertificateId})).toMatchObject({pemEncodedCertificate})
})
