/** What `hookline/modules` offers to apps of CDK for Terraform. */
export { Bot, type BotProps } from './bot/index.ts';
export { Files, type FilesProps } from './files/index.ts';
export { Replies, type RepliesProps } from './replies/index.ts';
