import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
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

resource "aws_api_gateway_rest_api" "petstore" {
  name = "petstore"
  endpoint_configuration { types = ["REGIONAL"] }
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

resource "aws_api_gateway_deployment" "one" {
  rest_api_id = aws_api_gateway_rest_api.petstore.id
  depends_on  = [aws_api_gateway_integration.list]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.petstore.id
  deployment_id = aws_api_gateway_deployment.one.id
  stage_name    = "prod"
  variables     = { color = "blue" }
}

resource "aws_api_gateway_usage_plan" "gold" {
  name = "gold"
  api_stages {
    api_id = aws_api_gateway_rest_api.petstore.id
    stage  = aws_api_gateway_stage.prod.stage_name
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

/** Terraform, where it is installed together with a mirror of the AWS provider that needs no network. */
function terraformIn(folder: string): boolean {
  if (spawnSync('terraform', ['version'], {stdio: 'ignore'}).status !== 0) return false
  return spawnSync('terraform', ['init', '-input=false'], {cwd: folder, stdio: 'ignore'}).status === 0
}

test('Terraform applies, plans without differences, and destroys', async ({skip}) => {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-terraform-'))
  writeFileSync(join(folder, 'main.tf'), CONFIGURATION)
  if (!terraformIn(folder)) {
    console.log('skipped: Terraform with an offline mirror of the AWS provider is not on this machine')
    skip()
  }
  const {sandbox} = await sandboxForTest()
  const env = {...process.env, TF_VAR_endpoint: sandbox.url}
  const terraform = (...argv: string[]) =>
    execFileSync('terraform', [...argv, '-input=false', '-no-color'], {cwd: folder, env, encoding: 'utf8'})
  terraform('apply', '-auto-approve')
  // With -detailed-exitcode a plan that found differences ends with 2, which throws here.
  expect(terraform('plan', '-detailed-exitcode')).toContain('No changes')
  terraform('destroy', '-auto-approve')
})
