import type {EndpointType} from './apis.js'

/** A path of a custom domain name that leads to an API. */
export interface DomainMapping {
  domain: string
  /** What tells a private domain name from others of that name; public ones have none. */
  domainId?: string | undefined
  domainType: EndpointType
  /** Empty for the domain itself; it may have several levels, as in `orders/v1`. */
  basePath: string
  /** Set where the mapping is addressed by an id of its own, and not by its base path. */
  mappingId?: string | undefined
  apiId: string
  /** Undefined where the caller's path names the stage. */
  stage?: string | undefined
}

export interface DomainStore {
  /**
   * All mappings of the account in the Region, domain by domain: one call, and one more for each domain. Not seen are the
   * routing rules of a domain, and the mappings of private domain names that other accounts share.
   */
  mappings(): AsyncIterable<DomainMapping>
  /** Takes a mapping away; one that has gone in the meantime will do. */
  remove(mapping: DomainMapping): Promise<void>
}
