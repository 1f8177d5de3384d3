import {gzipSync} from 'node:zlib'
import {CloudWatch} from '@aws-sdk/client-cloudwatch'
import {AwsSmithyRpcV2CborProtocol} from '@aws-sdk/core/protocols'
import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

const NOON = new Date(Date.UTC(2026, 8, 25, 12))
const END = new Date(NOON.getTime() + 60_000)

const QUERY = {
  StartTime: NOON,
  EndTime: END,
  MetricDataQueries: [{Id: 'a', MetricStat: {Metric: {Namespace: 'n', MetricName: 'm'}, Period: 60, Stat: 'Sum'}}],
}

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=a/20260925/us-east-1/monitoring/aws4_request, Signature=b'

/** A call by the query protocol. */
async function query(url: string, form: Record<string, string>, change: {gzip?: boolean} = {}) {
  const text = new URLSearchParams({Version: '2010-08-01', ...form}).toString()
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: AUTHORIZATION,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(change.gzip && {'content-encoding': 'gzip'}),
    },
    body: change.gzip ? gzipSync(text) : text,
  })
  return {status: response.status, body: await response.text()}
}

test('the CBOR protocol is understood: errors carry both of their names', async () => {
  const {sandbox} = await sandboxForTest()
  const cloudwatch = new CloudWatch({
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    protocol: AwsSmithyRpcV2CborProtocol,
  })
  await cloudwatch.putMetricData({Namespace: 'n', MetricData: [{MetricName: 'm', Value: 1.5, Timestamp: NOON}]})
  const {MetricDataResults} = await cloudwatch.getMetricData(QUERY)
  expect(MetricDataResults).toMatchObject([{Id: 'a', Label: 'm', Timestamps: [NOON], Values: [1.5]}])
  const both = [{MetricName: 'm', Value: 1, Values: [1]}]
  await expect(cloudwatch.putMetricData({Namespace: 'n', MetricData: both})).rejects.toMatchObject({
    name: 'InvalidParameterCombinationException',
    Error: {Code: 'InvalidParameterCombination'},
  })
})

test('the query protocol is understood, as older clients of CloudWatch speak it', async () => {
  const {sandbox} = await sandboxForTest()
  const put = {
    Action: 'PutMetricData',
    Namespace: 'n',
    'MetricData.member.1.MetricName': 'm',
    'MetricData.member.1.Timestamp': NOON.toISOString(),
    'MetricData.member.1.Value': '1.5',
  }
  expect(await query(sandbox.url, put, {gzip: true})).toMatchObject({status: 200})
  const {body} = await query(sandbox.url, {
    Action: 'GetMetricData',
    StartTime: NOON.toISOString(),
    EndTime: END.toISOString(),
    'MetricDataQueries.member.1.Id': 'a',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'n',
    'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'm',
    'MetricDataQueries.member.1.MetricStat.Period': '60',
    'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
  })
  expect(body).toContain('<Values><member>1.5</member></Values>')
  expect(body).toMatch(/<Timestamps><member>2026-09-25T12:00:00(\.000)?Z<\/member><\/Timestamps>/)
})

test('an error of the query protocol has the short name', async () => {
  const {sandbox} = await sandboxForTest()
  const {status, body} = await query(sandbox.url, {
    Action: 'PutMetricData',
    Namespace: 'n',
    'MetricData.member.1.MetricName': 'm',
    'MetricData.member.1.Value': '1',
    'MetricData.member.1.Values.member.1': '1',
  })
  expect(status).toBe(400)
  expect(body).toContain('<Code>InvalidParameterCombination</Code>')
})
