/** Help on what is not a command, by the word typed after `apigw help`. */
export const HELP_TOPICS: Readonly<Record<string, {summary: string; text: string}>> = {
  'exit-codes': {
    summary: 'what the exit code of a command means',
    text: `EXIT CODES
  0    done; also when there was nothing to show
  1    failed: the service refused, or a part of a bulk command failed
  2    wrong usage: flags, arguments, an ambiguous name, a missing answer
  3    not found: no such API, stage, key, plan or log group
  4    denied: no credentials, expired credentials, access denied
  5    conflict: it exists already, or it is in use
  6    gave up waiting: throttled or timed out for longer than --max-wait
  7    unreachable: the endpoint did not answer
  8    kept for --exit-code, differences found: no command has it yet
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

  --query takes a JMESPath expression. It is applied once, to the whole result after all pages; of a stream, to each
  object. With --json, errors are one object on stderr: {"error":{"kind","code","message","hint","requestId"}}.

  Values of API keys are masked unless you ask for them with --show-value or --value-only.
`,
  },
}
