import type { Command } from 'commander';
import type { World } from '../world.ts';
import { addBuild } from './build.ts';

/** `hookline replies …`. */
export function addReplies(program: Command, world: World): void {
  const replies = program
    .command('replies')
    .description('the reply engine for WhatsApp conversations at Twilio')
    .helpCommand(false);
  addBuild(replies, world);
}
