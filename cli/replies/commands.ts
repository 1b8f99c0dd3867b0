import type { Command } from 'commander';
import type { World } from '../world.ts';
import { addBuild } from './build.ts';
import { addDoctor } from './doctor.ts';
import { addHandoff } from './handoff.ts';
import { addRedrive } from './redrive.ts';
import { addReplay } from './replay.ts';
import { addSeed } from './seed.ts';
import { addShow } from './show.ts';
import { addTrace } from './trace.ts';
import { addTrigger } from './trigger.ts';

/** `hookline replies …`. */
export function addReplies(program: Command, world: World): void {
  const replies = program
    .command('replies')
    .description('the reply engine for WhatsApp conversations at Twilio')
    .helpCommand(false);
  addBuild(replies, world);
  addDoctor(replies, world);
  addSeed(replies, world);
  addShow(replies, world);
  addTrace(replies, world);
  addReplay(replies, world);
  addTrigger(replies, world);
  addRedrive(replies, world);
  addHandoff(replies, world);
}
