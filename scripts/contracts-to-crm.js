// Turns what Chaindoc says about documents into messages for a CRM:
//
//   { "kind": "contract.signed", "document": "…", "at": "…", … }
//
// The CRM cares about a document from its creation to its last signature. All
// other events are dropped.

/**
 * @param {hookseal.Event} event
 * @returns {hookseal.Result}
 */
export default function transform(event) {
  const { data } = event
  switch (event.type) {
    case "document.created":
      return message(event, "contract.created", { name: data.name })

    case "document.verified":
      return message(event, "contract.verified", {
        version: data.versionId,
        proof: { chain: data.chainId, transaction: data.txHash },
      })

    case "document.signed":
      return message(event, "contract.signed", {
        request: data.signatureRequestId,
        signers: data.signers,
      })

    case "signature.request.completed":
      return message(event, "contract.completed", {
        at: data.completedAt,
        request: data.signatureRequestId,
      })

    default:
      return null
  }
}

// message makes the event that the CRM gets. Details go last, and win.
/**
 * @param {hookseal.Event} event
 * @param {string} kind
 * @param {Record<string, unknown>} details
 */
function message(event, kind, details) {
  const { documentId, timestamp } = event.data
  if (!documentId) throw new Error(`${event.type} names no document`)
  return { type: kind, data: { kind, document: documentId, at: timestamp, ...details } }
}
