import type {Call, Handlers} from '../service.js'
import {entryOf, type LogGroupRecord} from '../store.js'
import {resourceNotFound} from './constraints.js'
import {logGroupOf} from './lookup.js'

/** Tags of log groups, by the older calls that name the group and by the newer ones that take its ARN. */
export const logGroupTags: Handlers = {
  TagLogGroup(input: {logGroupName: string; tags: Record<string, string>}, call) {
    Object.assign(logGroupOf(call, input).tags, input.tags)
  },

  UntagLogGroup(input: {logGroupName: string; tags: string[]}, call) {
    const {tags} = logGroupOf(call, input)
    for (const key of input.tags) delete tags[key]
  },

  ListTagsLogGroup: (input: {logGroupName: string}, call) => ({tags: logGroupOf(call, input).tags}),

  TagResource(input: {resourceArn: string; tags: Record<string, string>}, call) {
    Object.assign(taggedGroup(call, input.resourceArn).tags, input.tags)
  },

  UntagResource(input: {resourceArn: string; tagKeys: string[]}, call) {
    const {tags} = taggedGroup(call, input.resourceArn)
    for (const key of input.tagKeys) delete tags[key]
  },

  ListTagsForResource: (input: {resourceArn: string}, call) => ({tags: taggedGroup(call, input.resourceArn).tags}),
}

/** The service takes the ARN with and without `:*` here. @throws ServiceError ResourceNotFoundException */
function taggedGroup(call: Call, arn: string): LogGroupRecord {
  const name = /:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1]
  const group = entryOf(call.state.logGroups, name ?? '')
  if (!group) throw resourceNotFound('The specified resource does not exist.')
  return group
}
