import { llmAgent } from 'hookline/bot';

// Set OPENAI_API_KEY and OPENAI_MODEL, and OPENAI_BASE_URL for a server other than OpenAI's.
export const agent = llmAgent({ system: 'You are a helpful assistant. Answer in a few short sentences.' });
