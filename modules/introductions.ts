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
