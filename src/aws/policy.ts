/** A resource policy: the service returns it with its quotes escaped, as if inside a JSON string; other servers as it is. */
export function policyFrom(policy: string | undefined): string | undefined {
  if (!policy?.includes('\\"')) return policy || undefined
  try {
    return JSON.parse(`"${policy}"`)
  } catch {
    return policy
  }
}
