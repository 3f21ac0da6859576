// Turns what Chaindoc says about documents into messages for a Slack incoming
// webhook, which is the URL of the endpoint:
// https://api.slack.com/messaging/webhooks
//
// The endpoint is sent the message alone, without the content of the document.
// Events that are not listed here are dropped.

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  const line = describe(event.type, event.data)
  if (line === null) return null
  return { type: event.type, data: { text: line } }
}

/**
 * @param {string} type
 * @param {any} data
 * @returns {string | null}
 */
function describe(type, data) {
  const document = `document \`${escape(data.documentId)}\``
  switch (type) {
    case "document.created":
      return `:page_facing_up: *${escape(data.name)}* was created as ${document}`

    case "document.verified":
      return `:lock: ${document} was verified on chain ${escape(data.chainId)}`

    case "document.signed":
      return `:writing_hand: ${document} was signed by ${list(data.signers)}`

    case "signature.request.created":
      return `:envelope: ${list(data.recipients)} asked to sign ${document}${data.deadline ? ` by ${day(data.deadline)}` : ""}`

    case "signature.request.completed":
      return `:white_check_mark: all have signed ${document}`

    case "signature.request.rejected":
      return `:x: ${escape(data.rejectedBy)} refused to sign ${document}: ${escape(data.reason || "no reason given")}`

    default:
      return null
  }
}

/** @param {{ email: string }[]} people */
function list(people) {
  return people.map((person) => escape(person.email)).join(", ")
}

/** @param {string} time */
function day(time) {
  return new Date(time).toISOString().slice(0, 10)
}

// escape writes text as Slack wants it, so that nobody's name becomes a mention.
/** @param {unknown} text */
function escape(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/`/g, "'")
}
