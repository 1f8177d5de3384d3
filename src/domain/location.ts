/** Where on AWS, or in its stead, a session works: what it takes to write URLs and ARNs. */
export interface Location {
  region: string
  /** `aws`, `aws-cn`, `aws-us-gov`, ... */
  partition: string
  /** The domain that the partition's services are under, such as `amazonaws.com`. */
  dnsSuffix: string
  /** The endpoint of the control plane, where it is not the service's own. */
  endpointUrl?: string | undefined
  /** How a stage is addressed there (APIGW_INVOKE_URL), with `{api}` and `{stage}` in it. */
  invokeUrl?: string | undefined
}
