import { expect, it } from 'vitest';
import { modelSettings } from '../../local/secrets.ts';
import { parseDotenv } from '../../runtime/core/dotenv.ts';

it('hands the settings of a language model on to the stand, and nothing else of the user’s environment', () => {
  const settings = {
    OPENAI_API_KEY: 'sk-key',
    GROQ_API_KEY: 'gsk-key',
    OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
  };
  const text = modelSettings({ ...settings, OPENAI_MODEL: '', AWS_SECRET_ACCESS_KEY: 'mine' });
  expect(parseDotenv(text)).toEqual(settings);
});
