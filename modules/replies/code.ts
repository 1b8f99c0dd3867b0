/** The zips of the functions. The worker's is always the user's own: it holds the prompts. */
export interface RepliesZips {
  readonly webhook: string;
  readonly sweeper: string;
}

export const REPLIES_ZIPS: RepliesZips = { webhook: 'replies-webhook.zip', sweeper: 'replies-sweeper.zip' };
