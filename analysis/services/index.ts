/** Every service whose tokens we know, one file and one line each. */
import type { Service } from '../service.ts';
import { anthropic } from './anthropic.ts';
import { aws } from './aws.ts';
import { deepseek } from './deepseek.ts';
import { discord } from './discord.ts';
import { discordWebhook } from './discord-webhook.ts';
import { facebook } from './facebook.ts';
import { firebaseMessaging } from './firebase-messaging.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { googleApiKey } from './google-api-key.ts';
import { googleOauth } from './google-oauth.ts';
import { groq } from './groq.ts';
import { huggingFace } from './hugging-face.ts';
import { jwt } from './jwt.ts';
import { mailchimp } from './mailchimp.ts';
import { mailgun } from './mailgun.ts';
import { mandrill } from './mandrill.ts';
import { npm } from './npm.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { pypi } from './pypi.ts';
import { replicate } from './replicate.ts';
import { rubygems } from './rubygems.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { slackWebhook } from './slack-webhook.ts';
import { stripe } from './stripe.ts';
import { swt } from './swt.ts';
import { telegram } from './telegram.ts';
import { twilio } from './twilio.ts';
import { xai } from './xai.ts';

export const SERVICES = [
  aws,
  facebook,
  slack,
  slackWebhook,
  jwt,
  swt,
  github,
  npm,
  pypi,
  rubygems,
  googleApiKey,
  telegram,
  stripe,
  sendgrid,
  openai,
  twilio,
  gitlab,
  googleOauth,
  firebaseMessaging,
  mailgun,
  mailchimp,
  mandrill,
  discord,
  discordWebhook,
  anthropic,
  huggingFace,
  groq,
  xai,
  openrouter,
  replicate,
  deepseek,
] as const satisfies readonly Service[];
