import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {ROOT} from '../../support/apigw.js'

const PROGRAM = join(ROOT, '.venv', 'bin', 'moto_server')

/** A moto server of its own, on a free port. */
export interface Moto {
  env: Record<string, string>
  stop(): void
}

/** Starts moto (a server that we did not write) from the virtual environment of the project. */
export async function startMoto(): Promise<Moto> {
  if (!existsSync(PROGRAM)) {
    throw new Error(
      `There is no ${PROGRAM}. Make it: python3 -m venv .venv && .venv/bin/pip install 'moto[server]' awscli`,
    )
  }
  const port = await freePort()
  // Without this switch moto does not know the managed policy that execution logging needs.
  const env = {...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true'}
  const server = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], {env, stdio: 'ignore'})
  const url = `http://127.0.0.1:${port}`
  await answering(url, server)
  return {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'moto',
      AWS_SECRET_ACCESS_KEY: 'moto',
      APIGW_PACING: 'off',
    },
    stop: () => server.kill(),
  }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`moto ended with ${server.exitCode}`)
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined)
    if (answer) return
    await delay(100)
  }
  throw new Error('moto did not answer within 30 s')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const {port} = probe.address() as {port: number}
      probe.close(() => resolve(port))
    })
  })
}

/** An API with one method behind HTTP; moto cannot import mocks. */
export const BOOKSHOP = JSON.stringify({
  openapi: '3.0.1',
  info: {title: 'bookshop', description: 'books', version: '1'},
  paths: {
    '/books': {
      get: {
        responses: {'200': {description: 'all books'}},
        'x-amazon-apigateway-integration': {
          type: 'http_proxy',
          httpMethod: 'GET',
          uri: 'http://127.0.0.1:9/books',
          responses: {default: {statusCode: '200'}},
        },
      },
    },
  },
})
