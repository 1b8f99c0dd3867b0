import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../core/aws-errors.ts';
import { BoundedMap } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import { asText } from '../core/json.ts';
import { isSameAddress, keyForms } from './address.ts';
import { type Conversation, type RecordKey, readConversation } from './record.ts';
import { allPages, recordKeyItem, tableCall } from './table-call.ts';

export type CredentialLookup =
  /** `reference` undefined: the record of this company names no secret. */
  { readonly status: 'known'; readonly reference: string | undefined } | { readonly status: 'unknown' };

/** Reads of the conversations table. Throws `RepliesError` by class. */
export interface Conversations {
  /** The secret of a company's number; one that is named is kept for 300 s, unknown numbers for 60 s. */
  credentials(companyNumber: string): Promise<CredentialLookup>;
  /**
   * The conversation of a pair: of those whose project is active the newest that has not failed, else the newest.
   * From the index; from the table itself where the index lags.
   */
  find(companyNumber: string, userAddress: string): Promise<Conversation | undefined>;
  /** Every conversation of a pair, in the order of `find`'s choice. */
  findAll(companyNumber: string, userAddress: string): Promise<readonly Conversation[]>;
  /** Consistent, under the key as given or with the other form of the address. */
  get(key: RecordKey): Promise<Conversation | undefined>;
}

export const WHATSAPP_INDEX = 'company-whatsapp-number-recipient-tel-index';

const KNOWN_MILLIS = 300_000;
const UNKNOWN_MILLIS = 60_000;
const MAX_COMPANIES = 1000;
/** How many records are looked at where the first names no credentials. */
const MORE_RECORDS = 25;

interface Remembered {
  readonly lookup: CredentialLookup;
  readonly untilMillis: number;
}

class DynamoConversations implements Conversations {
  private readonly query;
  private readonly read;
  private readonly companies = new BoundedMap<string, Remembered>(MAX_COMPANIES);

  constructor(
    dynamodb: AwsClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {
    this.query = tableCall(dynamodb, clock, 'db', 'DB_QUERY_ERROR');
    this.read = tableCall(dynamodb, clock, 'db', 'DB_GET_ITEM_ERROR');
  }

  async credentials(companyNumber: string): Promise<CredentialLookup> {
    const known = this.companies.get(companyNumber);
    if (known && this.clock.nowMillis() < known.untilMillis) return known.lookup;
    const lookup = await this.lookUp(companyNumber);
    // Once an operator has mended the record, the next message must find it.
    if (lookup.status === 'known' && lookup.reference === undefined) return lookup;
    const lifeMillis = lookup.status === 'known' ? KNOWN_MILLIS : UNKNOWN_MILLIS;
    this.companies.set(companyNumber, { lookup, untilMillis: this.clock.nowMillis() + lifeMillis });
    return lookup;
  }

  private async lookUp(companyNumber: string): Promise<CredentialLookup> {
    for (const number of keyForms(companyNumber)) {
      const first = await this.references(number, 1);
      if (first.length === 0) continue;
      // One faulty record must not keep every message of the company out.
      const named = first[0] ? first : await this.references(number, MORE_RECORDS);
      return { status: 'known', reference: named.find((reference) => reference !== undefined) };
    }
    return { status: 'unknown' };
  }

  /** What records of a company name as their credentials; undefined for one that names none. */
  private async references(number: string, limit: number): Promise<readonly (string | undefined)[]> {
    const { Items = [] } = await this.query(
      'Query',
      new QueryCommand({
        TableName: this.table,
        IndexName: WHATSAPP_INDEX,
        KeyConditionExpression: 'gsi_company_whatsapp_number = :company',
        ExpressionAttributeValues: { ':company': { S: number } },
        ProjectionExpression: 'channel_config',
        Limit: limit,
      }),
    );
    return Items.map((item) => readConversation(item).credentialsReference);
  }

  async find(companyNumber: string, userAddress: string): Promise<Conversation | undefined> {
    return (await this.findAll(companyNumber, userAddress))[0];
  }

  async findAll(companyNumber: string, userAddress: string): Promise<readonly Conversation[]> {
    for (const company of keyForms(companyNumber))
      for (const user of keyForms(userAddress)) {
        const found = await this.indexed(company, user);
        if (found.length > 0) return byPreference(found);
      }
    for (const user of keyForms(userAddress)) {
      const stored = await this.stored(user);
      const found = stored.filter((conversation) => isOfCompany(conversation, companyNumber));
      if (found.length > 0) return byPreference(found);
    }
    return [];
  }

  private async indexed(company: string, user: string): Promise<readonly Conversation[]> {
    const items = await allPages((startKey) =>
      this.query(
        'Query',
        new QueryCommand({
          TableName: this.table,
          IndexName: WHATSAPP_INDEX,
          KeyConditionExpression: 'gsi_company_whatsapp_number = :company AND gsi_recipient_tel = :user',
          ExpressionAttributeValues: { ':company': { S: company }, ':user': { S: user } },
          ExclusiveStartKey: startKey,
        }),
      ),
    );
    return items.map(readConversation);
  }

  private async stored(user: string): Promise<readonly Conversation[]> {
    const items = await allPages((startKey) =>
      this.query(
        'Query',
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: 'primary_channel = :user',
          ExpressionAttributeValues: { ':user': { S: user } },
          ConsistentRead: true,
          ExclusiveStartKey: startKey,
        }),
      ),
    );
    return items.map(readConversation);
  }

  async get(key: RecordKey): Promise<Conversation | undefined> {
    for (const primaryChannel of keyForms(key.primaryChannel)) {
      const command = new GetItemCommand({
        TableName: this.table,
        Key: recordKeyItem({ ...key, primaryChannel }),
        ConsistentRead: true,
      });
      const { Item } = await this.read('GetItem', command);
      if (Item) return readConversation(Item);
    }
    return undefined;
  }
}

/** Keep it between invocations: it remembers companies. */
export const dynamoConversations = (dynamodb: AwsClient, tableName: string, clock: Clock): Conversations =>
  new DynamoConversations(dynamodb, tableName, clock);

function isOfCompany(conversation: Conversation, companyNumber: string): boolean {
  const copy = asText(conversation.data.gsi_company_whatsapp_number) ?? conversation.companyAddress;
  return copy !== undefined && isSameAddress(copy, companyNumber);
}

/** Statuses of the sister service that end a conversation: `failed`, `failed_…`. */
const isClosed = ({ status }: Conversation): boolean => /^failed(_|$)/.test(status ?? '');

/** Of several conversations of a pair the one that a message belongs to comes first. */
function byPreference(conversations: readonly Conversation[]): readonly Conversation[] {
  const rank = (conversation: Conversation) =>
    (conversation.isProjectActive ? 2 : 0) + (isClosed(conversation) ? 0 : 1);
  return [...conversations].sort(
    (a, b) => rank(b) - rank(a) || (b.createdAtMillis ?? 0) - (a.createdAtMillis ?? 0),
  );
}
