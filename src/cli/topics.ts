/** Help on what is not a command, by the word typed after `apigw help`. */
export const HELP_TOPICS: Readonly<Record<string, {summary: string; text: string}>> = {
  'exit-codes': {
    summary: 'what the exit code of a command means',
    text: `EXIT CODES
  0    done; also when there was nothing to show
  1    failed: the service refused, a part of a bulk command failed, or a watched canary was aborted
  2    wrong usage: flags, arguments, an ambiguous name, a missing answer
  3    not found: no such API, stage, key, plan or log group
  4    denied: no credentials, expired credentials, access denied
  5    conflict: it exists already, or it is in use
  6    gave up waiting: throttled or timed out for longer than --max-wait, or too little is known of a canary
  7    unreachable: the endpoint did not answer
  8    differences found, or something that is not live, with --exit-code
  130  interrupted with Ctrl-C (143 by SIGTERM)

The code is the same with and without --json. A reader that closes the pipe, as \`head\` does, is not a failure.
`,
  },
  environment: {
    summary: 'environment variables and the project file',
    text: `ENVIRONMENT
  APIGW_API          API to work on, by name or id, when --api is not given
  APIGW_STAGE        stage to work on when --stage is not given
  APIGW_PACING       "off" sends calls without keeping to the documented control-plane rates
  APIGW_INVOKE_URL   how a stage is addressed on another endpoint, with {api} and {stage} in it
  XDG_STATE_HOME     where \`apigw logs enable --for\` notes down how to undo what it sets (~/.local/state)
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, AWS_CA_BUNDLE, ... as in the AWS CLI
  CI                 when set, nothing is asked
  NO_COLOR, FORCE_COLOR, TERM=dumb   colour never, always, never
  DEBUG=apigw        shows where an unexpected error came from

PROJECT FILE
  .apigw.yaml, found in the working directory or above it:

    api: petstore
    stage: prod
    region: eu-west-1
    profile: work
    protectedStages: [prod]

A flag wins over the environment, which wins over the project file. On a terminal, what is still missing is asked for.
`,
  },
  output: {
    summary: 'formats, pipes, --query and streams',
    text: `OUTPUT
  stdout carries data and nothing else; notes, questions and errors go to stderr.

  --output table    aligned columns; the default on a terminal
  --output tsv      the same columns separated by tabs, no header, ISO times; the default in a pipe
  --output csv      the same columns with a header line
  --output json     the result as it is; --json is short for it
  --output ndjson   one JSON object a line, written as it comes
  --output yaml     the result as YAML
  --output id       ids only, one a line, for xargs and loops
  --output markdown  for a pull request: a table, of differences also diff blocks; not of log lines and documents

  --query takes a JMESPath expression. It is applied once, to the whole result after all pages; of a stream, to each
  object. With --json, errors are one object on stderr: {"error":{"kind","code","message","hint","requestId"}}; where many
  things were to be done, "failures" in it has each that failed.

  Values of API keys are masked unless you ask for them with --show-value or --value-only.
`,
  },
  differences: {
    summary: 'what makes two snapshots of an API different: the fields of --json, what is compared, what is not',
    text: `DIFFERENCES
  \`stages diff\`, \`deployments diff\` and \`deploy --dry-run\` compare what goes live by a deployment. Ids, and an order
  that means nothing, make no difference; nor does what is said explicitly and is what the service does anyway.

  api                    {id, name}
  before, after          {kind, name, deploymentId, createdDate}; kind is stage, deployment, edited or file
  items                  routes first, in the order of \`routes list\`, then the others by kind and name
    kind                 route, gateway response, authorizer, model, validator, setting, stage setting
    name                 \`GET /pets/{id}\`, \`DEFAULT_4XX\`, \`policy\`
    change               added, removed or changed
    fields               [{field, path, before, after, isHidden}]; of what was added or removed, all that it has
  counts                 {added, changed, removed}
  untold                 what was not compared, because one side cannot be told

  A field is named by its parts, in path, and joined by dots in field: integration.uri, responses.200.headers. What is not
  there on a side is left out. Models that no method leads to and validators that none uses are not told. The endpoint
  type, which goes live by a deployment, too, is in no export and never compared: \`apigw deploy --force\` after a change.

  In a pipe each line is a field of what changed, or a thing that was added or removed: change, kind, name, field,
  before, after.

  Values that look like credentials are compared as they are and shown as [hidden]: static values of parameters such as
  Authorization or x-api-key, passwords in URIs, tokens in templates and in stage variables.
`,
  },
  requests: {
    summary: 'what the logs tell of a request: the fields of --json, the phases, the causes',
    text: `REQUESTS
  What the log does not say is left out. At level ERROR only failures are there; path, client, query and the latency of
  the integration need data trace (\`apigw logs enable --level full\`).

  time                   of its first line
  api, apiId, stage      whose request it is; protocol is REST, WebSocket or HTTP
  requestId              x-amzn-RequestId; of a WebSocket API the extended id; empty for a line that names no request
  extendedRequestId      x-amz-apigw-id
  method, resource       GET and /pets/{petId}; of a WebSocket API no method, and the route
  path, query            /pets/7 and limit=2
  status                 what the client got
  latency                milliseconds from the first line to the last
  integrationLatency     milliseconds; integrationStatus is what the integration answered
  keyEnding, key, plan   the last six characters of the API key, its name where it was found out, the usage plan's id
  keyId, caller          id of the API key, and who called, as IAM or an authorizer names them; of access logs only
  sourceIp, userAgent    the client; connectionId is that of a WebSocket
  integrationRequestId   of the Lambda invocation; traceId is that of X-Ray
  isComplete             whether the line that ends it was seen
  isAddition             true when its first lines were given out before: lines has only those that came later
  failure                {cause, message, hint}: why it failed, and the command that mends it or shows more
  lines                  [{time, source, phase, text, logStreamName, eventId}], source is execution, access or function;
                         those of a function have its name in function

PHASES
  extended-id, authorizer-start, authorizer-identity, authorizer-result, authorizer-policy, authorizer-end, unauthorized,
  usage-plan, key-not-needed, key-refused, throttled, quota, usage-plan-end, usage-plan-error, start, method, key,
  request-path, request-query, request-headers, request-body, invalid-request, endpoint-uri, endpoint-request-headers,
  endpoint-request-body, endpoint-send, endpoint-answer, endpoint-response-headers, endpoint-response-body,
  function-failed, failed, response-body, response-headers, success, gateway-response, status, endpoint-id, trace-id
  WebSocket: route, connecting, connected, message, message-body, message-sent, disconnected
  other: a line that is not known; access: a line of the access log
  Of functions: function-init, function-start, function-line, function-end, function-report

CAUSES
  lambda-permission, malformed-proxy-response, function-error, function-timeout, lambda-throttled, lambda-refused,
  integration-role, mapping-template, no-output-mapping, authorizer-denied, authorizer-failure, token-missing, tls,
  invalid-endpoint, vpc-link, network, timeout, configuration, execution, key-missing, key-not-on-plan,
  stage-not-on-plan, rate-exceeded, quota-exceeded, usage-plan-error, invalid-body, missing-parameters, refused,
  backend, gateway
  Of access logs also the type of the gateway's response: invalid-api-key, integration-failure, and so on
`,
  },
  'plan-files': {
    summary: 'the file of usage plans that `plans apply` reads and `plans export` writes',
    text: `PLAN FILES
  YAML, or JSON. Editors check and complete it with the schema that \`apigw plans schema\` prints.

    plans:
      gold:
        description: For customers who pay
        rate: 100                   # requests of a key in a second, in the long run
        burst: 200                  # at once; rate and burst go together
        quota: 10000/day            # or week, month
        stages:                     # API/STAGE, the API by name or id; without limits of methods a list will do
          petstore/prod:
            GET /pets: 5/10         # 5 requests a second, 10 at once
          orders/prod: {}
        keys: [mobile, tablet]      # by name or id, never by value
        tags: {tier: "1"}
      trial:
        quota: 500/week
        quotaOffset: 5              # count as made already in the first week or month
        productCode: abc            # of AWS Marketplace
        stages: [petstore/prod]

  A plan is known by its name. It has what the file says of it, and nothing else: what is left out is taken away, be it a
  limit, the description, the product code or a tag. But stages and keys that are left out stay as they are: nobody is
  shut out because a line is missing. Where they are said, they are all there are; [] stands for none.

  Plans that are not in the file stay, unless --prune is said. A key cannot be on two plans with one stage: what moves is
  taken off first, and put on again at once. Anchors and aliases are read, merge keys (<<) are not.
`,
  },
}
