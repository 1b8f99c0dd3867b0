import type { Construct } from 'constructs';
import { type Condition, is, type Optional } from '../parts/optional.ts';
import { type Key, Table, type TableIndex } from '../parts/table.ts';
import type { Names } from './names.ts';

const text = (name: string): Key => ({ name, type: 'S' });
const number = (name: string): Key => ({ name, type: 'N' });

const PRIMARY_CHANNEL = text('primary_channel');
const CONVERSATION_ID = text('conversation_id');

/** The index that webhooks are answered by. */
export const WHATSAPP_INDEX = 'company-whatsapp-number-recipient-tel-index';
/** The sweeper's sparse index of staged rows. */
export const DUE_INDEX = 'due-index';

export interface RepliesTablesProps {
  readonly names: Names;
  readonly conversationsTable: Optional<{ readonly name: string; readonly arn: string }>;
  readonly conversationsIndexProjection: string;
  readonly dynamodbTtlAttribute: string;
  readonly deletionProtection: Condition;
  readonly kmsKeyArn: Optional<string>;
}

export interface RepliesTables {
  readonly conversations: Table;
  readonly stage: Table;
  readonly triggerLock: Table;
  readonly archive: Table;
}

/** The tables of contract replies §4; the conversations table may be the sister service's. */
export function makeTables(scope: Construct, props: RepliesTablesProps): RepliesTables {
  const { names, kmsKeyArn, deletionProtection, dynamodbTtlAttribute: ttlAttribute } = props;
  const lasting = { kmsKeyArn, isLasting: true, deletionProtection };
  const conversations = new Table(scope, 'conversations', {
    ...lasting,
    name: names.conversations,
    own: props.conversationsTable,
    hashKey: PRIMARY_CHANNEL,
    rangeKey: CONVERSATION_ID,
    ...conversationIndexes(props.conversationsIndexProjection),
  });
  const archive = new Table(scope, 'archive', {
    ...lasting,
    name: names.archive,
    hashKey: CONVERSATION_ID,
    rangeKey: number('entry_no'),
  });
  // What these two hold is short-lived, so they have no backups.
  const stage = new Table(scope, 'stage', {
    name: names.stage,
    kmsKeyArn,
    hashKey: CONVERSATION_ID,
    rangeKey: text('message_sid'),
    ttlAttribute,
    // Whole rows: the sweeper finishes the way of a message to a person from here.
    globalIndexes: [
      { name: DUE_INDEX, hashKey: number('due_shard'), rangeKey: number('due_at'), holdsAll: true },
    ],
  });
  const triggerLock = new Table(scope, 'trigger_lock', {
    name: names.triggerLock,
    kmsKeyArn,
    hashKey: CONVERSATION_ID,
    ttlAttribute,
  });
  return { conversations, archive, stage, triggerLock };
}

/**
 * Webhooks are answered from whole records in the one index. An index that holds everything is written with every
 * write of a record, so the others, which the engine does not read, hold it only when asked to.
 */
function conversationIndexes(projection: string) {
  const holdsAll = is(projection, 'all');
  const global = (name: string, hash: string, range: string): TableIndex => ({
    name,
    hashKey: text(hash),
    rangeKey: text(range),
    holdsAll,
  });
  const local = (name: string, rangeKey: Key): TableIndex => ({
    name,
    hashKey: PRIMARY_CHANNEL,
    rangeKey,
    holdsAll,
  });
  return {
    globalIndexes: [
      { ...global(WHATSAPP_INDEX, 'gsi_company_whatsapp_number', 'gsi_recipient_tel'), holdsAll: true },
      global('company-sms-number-recipient-tel-index', 'gsi_company_sms_number', 'gsi_recipient_tel'),
      global('company-email-recipient-email-index', 'gsi_company_email', 'gsi_recipient_email'),
      global('company-id-project-id-index', 'company_id', 'project_id'),
    ],
    localIndexes: [
      local('created-at-index', text('created_at')),
      local('task-complete-index', number('task_complete')),
      local('conversation-status-index', text('conversation_status')),
      local('channel-method-index', text('channel_method')),
    ],
  };
}
