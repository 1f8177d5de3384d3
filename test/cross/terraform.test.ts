import {execFile} from 'node:child_process'
import {existsSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {sandboxForTest} from '../support/sandbox.js'

// Terraform reads back everything it wrote and complains of each difference: the strictest client there is.

const CONFIGURATION = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    apigateway = var.endpoint
    iam        = var.endpoint
    sts        = var.endpoint
    logs       = var.endpoint
  }
}

resource "aws_iam_role" "logs" {
  name = "gateway-logs"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.logs.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = aws_iam_role.logs.arn
  depends_on          = [aws_iam_role_policy_attachment.logs]
}

resource "aws_cloudwatch_log_group" "access" { name = "access" }

resource "aws_api_gateway_rest_api" "petstore" {
  name                     = "petstore"
  description              = "pets"
  binary_media_types       = ["image/png"]
  minimum_compression_size = 1024
  tags                     = { team = "pets" }
  endpoint_configuration { types = ["REGIONAL"] }
}

resource "aws_api_gateway_rest_api_policy" "open" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "*" }]
  })
}

resource "aws_api_gateway_model" "pet" {
  rest_api_id  = aws_api_gateway_rest_api.petstore.id
  name         = "Pet"
  content_type = "application/json"
  schema       = jsonencode({ type = "object", properties = { name = { type = "string" } } })
}

resource "aws_api_gateway_request_validator" "all" {
  rest_api_id                 = aws_api_gateway_rest_api.petstore.id
  name                        = "all"
  validate_request_body       = true
  validate_request_parameters = true
}

resource "aws_api_gateway_authorizer" "token" {
  rest_api_id    = aws_api_gateway_rest_api.petstore.id
  name           = "token"
  authorizer_uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
}

resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id         = aws_api_gateway_rest_api.petstore.id
  response_type       = "UNAUTHORIZED"
  status_code         = "401"
  response_parameters = { "gatewayresponse.header.WWW-Authenticate" = "'Basic'" }
  response_templates  = { "application/json" = jsonencode({ message = "no" }) }
}

resource "aws_api_gateway_documentation_part" "api" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  location { type = "API" }
  properties = jsonencode({ description = "pets" })
}

resource "aws_api_gateway_documentation_version" "one" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  version     = "1"
  depends_on  = [aws_api_gateway_documentation_part.api]
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  parent_id   = aws_api_gateway_rest_api.petstore.root_resource_id
  path_part   = "pets"
}

resource "aws_api_gateway_method" "list" {
  rest_api_id      = aws_api_gateway_rest_api.petstore.id
  resource_id      = aws_api_gateway_resource.pets.id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "list" {
  rest_api_id       = aws_api_gateway_rest_api.petstore.id
  resource_id       = aws_api_gateway_resource.pets.id
  http_method       = aws_api_gateway_method.list.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_resource" "pet" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  parent_id   = aws_api_gateway_resource.pets.id
  path_part   = "{petId}"
}

resource "aws_api_gateway_method" "put" {
  rest_api_id          = aws_api_gateway_rest_api.petstore.id
  resource_id          = aws_api_gateway_resource.pet.id
  http_method          = "PUT"
  authorization        = "CUSTOM"
  authorizer_id        = aws_api_gateway_authorizer.token.id
  request_validator_id = aws_api_gateway_request_validator.all.id
  request_models       = { "application/json" = aws_api_gateway_model.pet.name }
  request_parameters   = { "method.request.path.petId" = true, "method.request.querystring.force" = false }
}

resource "aws_api_gateway_integration" "put" {
  rest_api_id             = aws_api_gateway_rest_api.petstore.id
  resource_id             = aws_api_gateway_resource.pet.id
  http_method             = aws_api_gateway_method.put.http_method
  type                    = "HTTP"
  integration_http_method = "PUT"
  uri                     = "http://127.0.0.1:9/{id}"
  request_parameters      = { "integration.request.path.id" = "method.request.path.petId" }
  cache_key_parameters    = ["method.request.path.petId"]
  timeout_milliseconds    = 5000
}

resource "aws_api_gateway_method_response" "put" {
  rest_api_id         = aws_api_gateway_rest_api.petstore.id
  resource_id         = aws_api_gateway_resource.pet.id
  http_method         = aws_api_gateway_method.put.http_method
  status_code         = "200"
  response_models     = { "application/json" = "Empty" }
  response_parameters = { "method.response.header.X-Pet" = true }
}

resource "aws_api_gateway_integration_response" "put" {
  rest_api_id         = aws_api_gateway_rest_api.petstore.id
  resource_id         = aws_api_gateway_resource.pet.id
  http_method         = aws_api_gateway_method.put.http_method
  status_code         = aws_api_gateway_method_response.put.status_code
  response_parameters = { "method.response.header.X-Pet" = "'yes'" }
  response_templates  = { "application/json" = "" }
  depends_on          = [aws_api_gateway_integration.put]
}

resource "aws_api_gateway_deployment" "one" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  depends_on  = [aws_api_gateway_integration.list, aws_api_gateway_integration.put]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.petstore.id
  deployment_id = aws_api_gateway_deployment.one.id
  stage_name    = "prod"
  variables     = { color = "blue" }
  tags          = { team = "pets" }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = "$context.requestId $context.status"
  }
  depends_on = [aws_api_gateway_account.account]
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  settings {
    logging_level          = "INFO"
    data_trace_enabled     = true
    throttling_rate_limit  = 10
    throttling_burst_limit = 5
  }
}

resource "aws_api_gateway_method_settings" "pet" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "pets/{petId}/PUT"
  settings { throttling_rate_limit = 3 }
  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_api_gateway_domain_name" "pets" {
  domain_name              = "pets.example.com"
  regional_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/pets"
  endpoint_configuration { types = ["REGIONAL"] }
}

resource "aws_api_gateway_base_path_mapping" "v1" {
  api_id      = aws_api_gateway_rest_api.petstore.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  domain_name = aws_api_gateway_domain_name.pets.domain_name
  base_path   = "v1"
}

resource "aws_api_gateway_usage_plan" "gold" {
  name = "gold"
  api_stages {
    api_id = aws_api_gateway_rest_api.petstore.id
    stage  = aws_api_gateway_stage.prod.stage_name
    throttle {
      path        = "/pets/GET"
      rate_limit  = 2
      burst_limit = 1
    }
  }
  quota_settings {
    limit  = 1000
    period = "DAY"
  }
  throttle_settings {
    rate_limit  = 10
    burst_limit = 20
  }
}

resource "aws_api_gateway_api_key" "mobile" { name = "mobile" }

resource "aws_api_gateway_usage_plan_key" "mobile" {
  key_id        = aws_api_gateway_api_key.mobile.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.gold.id
}
`

const execute = promisify(execFile)

/** Where a mirror of providers is put that Terraform does not look for by itself. */
const MIRRORS = [process.env.TERRAFORM_PLUGIN_DIR, '/opt/tf-plugins'].filter(folder => folder && existsSync(folder))

/** Terraform in a folder, where it is installed together with a mirror of the AWS provider that needs no network. */
async function terraformIn(folder: string, environment: Record<string, string>) {
  // Not the synchronous kind: the sandbox that answers Terraform lives in this process.
  const terraform = async (...argv: string[]) => {
    const env = {...process.env, CHECKPOINT_DISABLE: '1', ...environment}
    return (await execute('terraform', argv, {cwd: folder, env})).stdout
  }
  for (const options of [[], ...MIRRORS.map(mirror => [`-plugin-dir=${mirror}`])]) {
    try {
      await terraform('init', '-input=false', ...options)
      return terraform
    } catch {
      // Not installed, or no provider there.
    }
  }
  return undefined
}

test('Terraform applies, plans without differences, and destroys', async ({skip}) => {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-terraform-'))
  writeFileSync(join(folder, 'main.tf'), CONFIGURATION)
  const {sandbox, apigateway} = await sandboxForTest()
  const terraform = await terraformIn(folder, {TF_VAR_endpoint: sandbox.url})
  if (!terraform) {
    console.log('skipped: Terraform with an offline mirror of the AWS provider is not on this machine')
    return skip()
  }
  await terraform('apply', '-auto-approve', '-input=false', '-no-color')
  // With -detailed-exitcode a plan that found differences ends with 2, which throws here.
  expect(await terraform('plan', '-detailed-exitcode', '-input=false', '-no-color')).toContain('No changes')
  await terraform('destroy', '-auto-approve', '-input=false', '-no-color')
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})
