// The packs whose scenarios are written by hand, each in a file of its own.
import { chaindoc } from "../providers/chaindoc.mjs";
import { dastra } from "../providers/dastra.mjs";
import { discord } from "../providers/discord.mjs";
import { github } from "../providers/github.mjs";
import { gitlabToken } from "../providers/gitlab-token.mjs";
import { qualifio } from "../providers/qualifio.mjs";
import { seatable } from "../providers/seatable.mjs";
import { shopify } from "../providers/shopify.mjs";
import { slack } from "../providers/slack.mjs";
import { smino } from "../providers/smino.mjs";
import { standardWebhooks } from "../providers/standard-webhooks.mjs";
import { stripe } from "../providers/stripe.mjs";
import { twilioJSON } from "../providers/twilio-json.mjs";
import { twilio } from "../providers/twilio.mjs";

export default {
  chaindoc, dastra, discord, github, "gitlab-token": gitlabToken, qualifio, seatable, shopify, slack, smino,
  "standard-webhooks": standardWebhooks, stripe, twilio, "twilio-json": twilioJSON,
};
