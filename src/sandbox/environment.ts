/**
 * The environment in which AWS clients, this program among them, talk to a sandbox: endpoint, Region, credentials that
 * it accepts, and how its stages are addressed.
 * @param url such as `http://127.0.0.1:4599`
 * @param quotas with `real`, calls should keep to the documented rates; otherwise nothing enforces them
 */
export function sandboxEnvironment(url: string, quotas: 'off' | 'real'): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    APIGW_INVOKE_URL: `${url}/execute-api/{api}/{stage}`,
    ...(quotas === 'off' ? {APIGW_PACING: 'off'} : {}),
  }
}

/** Variables that would lead a client away from the sandbox, or to somebody's real credentials. */
export const FOREIGN_VARIABLES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_CA_BUNDLE'] as const

/** Asks a sandbox about itself. @returns undefined when nothing answers there, or something that is not a sandbox */
export async function askSandbox(url: string, signal: AbortSignal): Promise<{quotas: 'off' | 'real'} | undefined> {
  try {
    const response = await fetch(`${url}/_sandbox`, {signal})
    const answer = (await response.json()) as {sandbox?: string; quotas?: 'off' | 'real'}
    return answer.sandbox === 'apigw' ? {quotas: answer.quotas ?? 'off'} : undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/** Empties a sandbox that is running. */
export async function resetSandbox(url: string, signal: AbortSignal): Promise<void> {
  await fetch(`${url}/_sandbox/reset`, {method: 'POST', signal})
}
