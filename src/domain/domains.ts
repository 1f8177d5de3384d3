/** A path of a custom domain name that leads to an API. */
export interface DomainMapping {
  domain: string
  /** Empty for the domain itself. */
  basePath: string
  apiId: string
  /** Undefined where the caller's path names the stage. */
  stage?: string | undefined
}

export interface DomainStore {
  /** All mappings of the account in the Region, domain by domain. */
  mappings(): AsyncIterable<DomainMapping>
}
