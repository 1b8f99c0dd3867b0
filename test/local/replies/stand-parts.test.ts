import { describe, expect, it } from 'vitest';
import { engineSettings, PUBLIC_URL } from '../../../local/replies/engine.ts';
import { newRecord, recordKey } from '../../../local/replies/new-record.ts';
import { COMPANY_NUMBER, isNumber, masked, maskedText, PEOPLE } from '../../../local/replies/people.ts';
import { newRepliesSecrets, SECRET_NAMES } from '../../../local/replies/secrets.ts';
import { modelReply } from '../../../local/replies/stand-ins.ts';
import { checkSettings } from '../../../modules/settings.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { resolvePrompt } from '../../../runtime/models/prompts.ts';
import { readPromptsFile } from '../../../runtime/models/prompts-file.ts';
import { readConversation } from '../../../runtime/replies/record.ts';

const ADA = PEOPLE[0]!;

describe('the reply engine of a stand', () => {
  it.each(['ministack', 'localstack', 'external'] as const)(
    'has settings that the module takes, on %s',
    (backend) => {
      const replies = engineSettings(backend, 4780, 'worker.zip');
      expect(checkSettings({ replies }, 'hookline.json').replies).toBeDefined();
      const host = backend === 'localstack' ? 'host.docker.internal' : '127.0.0.1';
      expect(replies.environment_variables.TWILIO_BASE_URL).toBe(`http://${host}:4780`);
      expect(replies.model_base_url).toBe(`http://${host}:4780/v1`);
    },
  );

  it('gives Twilio an address that nobody can have', () => {
    expect(new URL(PUBLIC_URL).hostname).toMatch(/\.invalid$/);
  });

  it('begins conversations that the engine can answer', () => {
    const conversation = readConversation(storedItem(newRecord(ADA, 1_800_000_000_000)));
    expect(conversation).toMatchObject({
      key: recordKey(ADA),
      userAddress: ADA.number,
      companyAddress: COMPANY_NUMBER,
      credentialsReference: SECRET_NAMES.twilio,
      modelKeyReference: SECRET_NAMES.model,
      isProjectActive: true,
      isHandedOff: false,
      createdAtMillis: 1_800_000_000_000,
    });
    const prompts = readPromptsFile('examples/replies/prompts.json', {
      provider: 'openai',
      baseUrl: 'http://127.0.0.1:4780/v1',
    });
    const prompt = resolvePrompt(prompts, conversation.promptReference);
    expect(prompt).toMatchObject({ provider: 'openai', baseUrl: 'http://127.0.0.1:4780/v1' });
  });

  it('has other secrets at every start', () => {
    const [one, other] = [newRepliesSecrets(), newRepliesSecrets()];
    for (const [name, value] of Object.entries(one))
      expect(Object.entries(other)).not.toContainEqual([name, value]);
    expect(one.accountSid).toMatch(/^AC[0-9a-f]{32}$/);
  });
});

describe('numbers', () => {
  it('are masked but for their beginning and end', () => {
    expect(masked('+12025550143')).toBe('+120•••••43');
    expect(maskedText('{"sender_id":"+12025550143","at":"2026-11-26"}')).toBe(
      '{"sender_id":"+120•••••43","at":"2026-11-26"}',
    );
  });

  it('are international, with plus sign, and not the company’s own', () => {
    expect(['+12025550143', '+4915112345678'].every(isNumber)).toBe(true);
    for (const wrong of ['12025550143', '+0123456789', '+12', '+1202555o143', COMPANY_NUMBER])
      expect(isNumber(wrong), wrong).toBe(false);
  });
});

describe('the model’s stand-in', () => {
  it('says what it was told, and hands over when a person is asked for', () => {
    expect(JSON.parse(modelReply('Hello'))).toMatchObject({
      content: 'You said: Hello',
      hand_off_to_human: false,
    });
    expect(JSON.parse(modelReply('I want a person!'))).toMatchObject({
      hand_off_to_human: true,
      hand_off_to_human_reason: 'the guest asked for a person',
    });
  });
});
