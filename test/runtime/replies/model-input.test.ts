import { describe, expect, test } from 'vitest';
import { estimatedTokens, historyOf, isVariable, variablesOf } from '../../../runtime/replies/model-input.ts';

const said = (role: string, content: string, turnId?: string) => ({ role, content, turnId });

describe('the history that a model is shown', () => {
  test('is the record’s, in order: the user’s side and the company’s', () => {
    const entries = [
      said('assistant', 'We have news.'),
      said('user', 'Hi'),
      said('human_agent', 'Ana here.'),
      said('user', ' '),
      said('user', 'Thanks'),
    ];
    expect(historyOf(entries, 'turn-1')).toEqual([
      { role: 'assistant', text: 'We have news.' },
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Ana here.' },
      { role: 'user', text: 'Thanks' },
    ]);
  });

  test('is the newest that fits, without a gap', () => {
    const entries = [
      said('user', 'a'.repeat(40)),
      said('user', 'b'.repeat(400)),
      said('user', 'c'.repeat(40)),
    ];
    const one = estimatedTokens('c'.repeat(40));
    const texts = (tokens: number) => historyOf(entries, 'turn-1', tokens).map(({ text }) => text[0]);
    expect(texts(one - 1)).toEqual([]);
    expect(texts(one)).toEqual(['c']);
    // The older one would fit, but not what lies between.
    expect(texts(one * 3)).toEqual(['c']);
    expect(texts(10_000)).toEqual(['a', 'b', 'c']);
  });

  test('leaves out what this turn has entered already', () => {
    expect(historyOf([said('user', 'old', 'turn-0'), said('user', 'now', 'turn-1')], 'turn-1')).toEqual([
      { role: 'user', text: 'old' },
    ]);
  });

  test('is measured by bytes, so that no script is taken for shorter than it is', () => {
    expect(estimatedTokens('a'.repeat(400))).toBe(104);
    expect(estimatedTokens('你'.repeat(400))).toBe(304);
  });
});

test('variables come from the record, under their own names', () => {
  const data = {
    company_name: 'Acme',
    recipient_first_name: 'Ana',
    recipient_last_name: null,
    company_rep: { company_rep_1: 'Luis', other: 'x' },
    project_data: { city: 'Vigo', rooms: 3, open: true, list: ['a'], none: null },
    conversation_status: 'reply_sent',
  };
  expect(variablesOf({ data })).toEqual({
    company_name: 'Acme',
    recipient_first_name: 'Ana',
    company_rep_1: 'Luis',
    'project_data.city': 'Vigo',
    'project_data.rooms': '3',
    'project_data.open': 'true',
    'project_data.list': '["a"]',
  });
  expect(variablesOf({ data: { project_data: 'broken' } })).toEqual({});
  for (const name of Object.keys(variablesOf({ data }))) expect(isVariable(name), name).toBe(true);
  for (const name of ['conversation_status', 'project_data', 'project_data.a.b', 'company_rep_6'])
    expect(isVariable(name), name).toBe(false);
});
