import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { plainItem } from '../core/dynamodb-values.ts';
import { asText } from '../core/json.ts';
import { keyForms } from './address.ts';
import { dynamoConversations } from './conversations.ts';
import { type Conversation, type RecordKey, readConversation } from './record.ts';
import { allPages, tableCall } from './table-call.ts';

const COMPANY_INDEX = 'company-id-project-id-index';

/** An operator's way to records, which are stored by the user's address. Reads alone; throws `RepliesError`. */
export interface ConversationFinder {
  /** By a conversation id (`company#project#request#number`) or the user's number, newest first. */
  find(id: string): Promise<readonly Conversation[]>;
}

export function conversationFinder(dynamodb: AwsClient, table: string, clock: Clock): ConversationFinder {
  const call = tableCall(dynamodb, clock, 'db', 'DB_QUERY_ERROR');
  const conversations = dynamoConversations(dynamodb, table, clock);
  const query = (input: object) =>
    allPages((ExclusiveStartKey) =>
      call('Query', new QueryCommand({ TableName: table, ExclusiveStartKey, ...input })),
    );
  const ofNumber = async (number: string): Promise<readonly Conversation[]> => {
    const found = await Promise.all(
      keyForms(number).map((user) =>
        query({
          KeyConditionExpression: 'primary_channel = :user',
          ExpressionAttributeValues: { ':user': { S: user } },
          ConsistentRead: true,
        }),
      ),
    );
    return found.flat().map(readConversation);
  };
  /** The index may hold the keys alone, so the record is read by them. */
  const ofId = async (id: string): Promise<readonly Conversation[]> => {
    const [company = '', project = ''] = id.split('#');
    const items = await query({
      IndexName: COMPANY_INDEX,
      KeyConditionExpression: 'company_id = :company AND project_id = :project',
      ExpressionAttributeValues: { ':company': { S: company }, ':project': { S: project } },
    });
    const keys = items
      .map(plainItem)
      .flatMap(({ primary_channel, conversation_id }): readonly RecordKey[] =>
        conversation_id === id ? [{ primaryChannel: asText(primary_channel) ?? '', conversationId: id }] : [],
      );
    return (await Promise.all(keys.map((key) => conversations.get(key)))).flatMap((found) => found ?? []);
  };
  return {
    async find(id) {
      const found = id.includes('#') ? await ofId(id) : await ofNumber(id);
      return [...found].sort((a, b) => (b.createdAtMillis ?? 0) - (a.createdAtMillis ?? 0));
    },
  };
}
