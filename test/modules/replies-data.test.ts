import { describe, expect, test } from 'vitest';
import { GIVEN_TABLE, synthReplies } from './replies-synth.ts';
import { type Block, blocks, type Synthesised } from './synth.ts';

const tableOf = (stack: Synthesised, id: string): Block => stack.resource.aws_dynamodb_table?.[id] ?? {};
const keysOf = (index: Block) => [index.hash_key, index.range_key].filter(Boolean).join(' + ');

describe('tables', () => {
  const stack = synthReplies();

  test('have the keys and the TTL of the contract, are paid by request and encrypted', () => {
    expect(Object.keys(stack.resource.aws_dynamodb_table ?? {}).sort()).toEqual([
      'archive',
      'conversations',
      'stage',
      'trigger_lock',
    ]);
    expect(keysOf(tableOf(stack, 'conversations'))).toBe('primary_channel + conversation_id');
    expect(keysOf(tableOf(stack, 'stage'))).toBe('conversation_id + message_sid');
    expect(keysOf(tableOf(stack, 'trigger_lock'))).toBe('conversation_id');
    expect(keysOf(tableOf(stack, 'archive'))).toBe('conversation_id + entry_no');
    expect(tableOf(stack, 'conversations').ttl).toBeUndefined();
    expect(tableOf(stack, 'archive').ttl).toBeUndefined();
    for (const table of blocks(stack, 'aws_dynamodb_table'))
      expect(table).toMatchObject({
        billing_mode: 'PAY_PER_REQUEST',
        server_side_encryption: { enabled: true },
      });
  });

  test('are lasting where people would miss them', () => {
    const lasting = { point_in_time_recovery: { enabled: true }, deletion_protection_enabled: true };
    for (const id of ['conversations', 'archive']) expect(tableOf(stack, id)).toMatchObject(lasting);
    for (const id of ['stage', 'trigger_lock'])
      expect(tableOf(stack, id)).toMatchObject({ point_in_time_recovery: { enabled: false } });
    const free = synthReplies({ deletionProtection: false });
    expect(tableOf(free, 'archive').deletion_protection_enabled).toBe(false);
  });

  test('the conversations table has the indexes of the contract; whole records stand in the one that is read', () => {
    const { global_secondary_index: global, local_secondary_index: local } = tableOf(stack, 'conversations');
    expect(
      Object.fromEntries(
        global.map((index: Block) => [index.name, `${keysOf(index)}: ${index.projection_type}`]),
      ),
    ).toEqual({
      'company-whatsapp-number-recipient-tel-index': 'gsi_company_whatsapp_number + gsi_recipient_tel: ALL',
      'company-sms-number-recipient-tel-index': 'gsi_company_sms_number + gsi_recipient_tel: KEYS_ONLY',
      'company-email-recipient-email-index': 'gsi_company_email + gsi_recipient_email: KEYS_ONLY',
      'company-id-project-id-index': 'company_id + project_id: KEYS_ONLY',
    });
    expect(Object.fromEntries(local.map((index: Block) => [index.name, index.range_key]))).toEqual({
      'created-at-index': 'created_at',
      'task-complete-index': 'task_complete',
      'conversation-status-index': 'conversation_status',
      'channel-method-index': 'channel_method',
    });
    const whole = tableOf(synthReplies({ conversationsIndexProjection: 'all' }), 'conversations');
    for (const index of [...whole.global_secondary_index, ...whole.local_secondary_index])
      expect(index.projection_type).toBe('ALL');
  });

  test('every key is declared with its type, and nothing else', () => {
    const { attribute } = tableOf(stack, 'conversations');
    const types = Object.fromEntries(attribute.map(({ name, type }: Block) => [name, type]));
    expect(types).toMatchObject({ primary_channel: 'S', conversation_id: 'S', task_complete: 'N' });
    expect(Object.keys(types)).toHaveLength(13);
    expect(tableOf(stack, 'archive').attribute).toEqual([
      { name: 'conversation_id', type: 'S' },
      { name: 'entry_no', type: 'N' },
    ]);
  });

  test('the sweeper has its sparse index', () => {
    expect(tableOf(stack, 'stage').global_secondary_index).toEqual([
      { name: 'due-index', hash_key: 'due_shard', range_key: 'due_at', projection_type: 'ALL' },
    ]);
  });

  test('the sister service may bring the conversations table', () => {
    const given = synthReplies({ conversationsTable: GIVEN_TABLE });
    expect(given.resource.aws_dynamodb_table?.conversations).toBeUndefined();
    for (const { environment } of blocks(given, 'aws_lambda_function'))
      expect(JSON.stringify(environment.variables)).toContain('"shared"');
  });
});

describe('queues', () => {
  test('have the times of the contract and refuse plain HTTP', () => {
    const {
      whatsapp,
      whatsapp_dead: dead,
      human_handoff: human,
    } = synthReplies().resource.aws_sqs_queue ?? {};
    const plain = { delay_seconds: 0, sqs_managed_sse_enabled: true };
    expect(whatsapp).toMatchObject({
      ...plain,
      message_retention_seconds: 345_600,
      receive_wait_time_seconds: 20,
    });
    expect(whatsapp?.redrive_policy).toMatch(/aws_sqs_queue\.whatsapp_dead\.arn.*maxReceiveCount\W+5\b/);
    expect(dead).toMatchObject({ ...plain, message_retention_seconds: 1_209_600 });
    expect(human).toMatchObject({
      ...plain,
      visibility_timeout_seconds: 3_600,
      message_retention_seconds: 604_800,
    });
    expect(human?.redrive_policy).toBeUndefined();
    for (const { policy } of [whatsapp, dead, human].map((queue) => queue ?? {}))
      expect(JSON.parse(policy).Statement).toMatchObject([
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
  });
});
