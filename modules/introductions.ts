/** What the README of a published module begins with. */

export const BOT_INTRODUCTION = `A webhook bot for WhatsApp or Telegram on AWS Lambda. It needs the bot's secrets in an SSM SecureString; the
output \`webhook_url\` is the address to give to the provider.

\`\`\`hcl
module "bot" {
  source   = "./bot" # this folder
  name     = "shop"
  bot_type = "telegram"
}
\`\`\``;

export const REPLIES_INTRODUCTION = `A reply engine for WhatsApp through Twilio on AWS Lambda: it answers with a language model whoever writes back in
a conversation that a sister service opened, and hands over to a person. It needs a zip with your prompts, made by
\`hookline replies build --prompts prompts.json\`, and in Secrets Manager the key of the model
(\`{"ai_api_key": "..."}\`) and Twilio's credentials (\`{"twilio_account_sid": "AC...", "twilio_auth_token": "..."}\`).
The output \`webhook_url\` is the address to give to Twilio, with \`#rc=3&rp=5xx,ct,rt&ct=2000&rt=4000\` behind it, so
that Twilio sends again what was not taken.

\`\`\`hcl
module "replies" {
  source           = "./replies" # this folder
  environment_name = "prod"
  package          = { path = "dist/bundles/replies.zip" }
}
\`\`\``;

export const FILES_INTRODUCTION = `Checks deliveries of CSV, Excel and ZIP files against a specification in YAML on AWS Lambda: the function, its
detector (which alone runs anything again), bucket, lock table, execution records, queues, alarms and dashboard. What
does not fit on a host that runs \`hookline files daemon\` goes to the function; give that host the rights in the
output \`orchestrator_policy_json\`.

\`\`\`hcl
module "files" {
  source = "./files" # this folder
  name   = "sage"
}
\`\`\``;
