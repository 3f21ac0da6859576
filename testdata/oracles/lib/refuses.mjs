// refuses turns a library's way of refusing, which is to throw an error of its own
// kind, into an answer. A kind is a class, or a test of the error. Any other fault
// goes on.
export async function refuses(kind, check) {
  try {
    await check();
    return { valid: true };
  } catch (fault) {
    const own = kind.prototype instanceof Error ? fault instanceof kind : kind(fault);
    if (own) return { valid: false };
    throw fault;
  }
}

// named is the test for errors whose class a library does not export.
export const named = (name) => (fault) => fault?.constructor?.name === name;
