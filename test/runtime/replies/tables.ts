import type { TableSchema } from '../../support/dynamodb-table.ts';

export const TABLES = {
  conversations: 'conversations',
  stage: 'conversations-stage',
  triggerLock: 'conversations-trigger-lock',
  archive: 'conversations-archive',
} as const;

const index = (hash: string, range: string) => ({ hash, range });
const local = (range: string, type: 'S' | 'N' = 'S') => ({
  hash: 'primary_channel',
  range,
  types: { [range]: type },
  isLocal: true,
});

/** The four tables with their indexes (contract replies §4). */
export const SCHEMAS: Readonly<Record<string, TableSchema>> = {
  [TABLES.conversations]: {
    hash: 'primary_channel',
    range: 'conversation_id',
    indexes: {
      'company-whatsapp-number-recipient-tel-index': index(
        'gsi_company_whatsapp_number',
        'gsi_recipient_tel',
      ),
      'company-sms-number-recipient-tel-index': index('gsi_company_sms_number', 'gsi_recipient_tel'),
      'company-email-recipient-email-index': index('gsi_company_email', 'gsi_recipient_email'),
      'company-id-project-id-index': index('company_id', 'project_id'),
      'created-at-index': local('created_at'),
      'task-complete-index': local('task_complete', 'N'),
      'conversation-status-index': local('conversation_status'),
      'channel-method-index': local('channel_method'),
    },
  },
  [TABLES.stage]: {
    hash: 'conversation_id',
    range: 'message_sid',
    indexes: { 'due-index': { hash: 'due_shard', range: 'due_at', types: { due_shard: 'N', due_at: 'N' } } },
  },
  [TABLES.triggerLock]: { hash: 'conversation_id' },
  [TABLES.archive]: { hash: 'conversation_id', range: 'entry_no', types: { entry_no: 'N' } },
};
