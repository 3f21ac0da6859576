// Bodies that JSON.stringify writes in other bytes than they came in.
import { viaStringify } from "../lib/chaindoc.mjs";

const type = "document.created";
const member = (name, about, text) => viaStringify(`stringify-${name}`, about, `{"event":"document.created",${text}}`, type);
const whole = (name, about, text) => viaStringify(`stringify-${name}`, about, text, type);

export const chaindocStringified = [
  whole("white-space", "spaces, tabs and CRLF between the tokens go", ' \t{ "event" :\r\n\t"document.created" , "list" : [ 1 , 2 ] }\r\n'),
  whole("final-newline", "a final newline that was not signed goes", '{"event":"document.created"}\n'),
  member("decimal-zeros", "1.0 becomes 1, 2.50 becomes 2.5", '"a":1.0,"b":2.50,"c":100.00'),
  member("exponents", "1e3 becomes 1000, 1E-7 becomes 1e-7, 1e21 becomes 1e+21", '"a":1e3,"b":1E-7,"c":1e21,"d":0.000001,"e":123e-20'),
  member("negative-zero", "-0 becomes 0, also as -0.0 and -0e5", '"a":-0,"b":-0.0,"c":-0e5'),
  member("large-integers", "integers beyond 2^53 lose digits", '"a":9007199254740993,"b":12345678901234567890,"c":100000000000000000000,"d":1000000000000000000000'),
  member("shortest-decimals", "the shortest text that reads back as the same double", '"a":0.1000000000000000055,"b":5e-324,"c":1.7976931348623157e308,"d":4.35,"e":0.30000000000000004'),
  member("overflow", "a number beyond the doubles becomes null", '"a":1e400,"b":-1e400,"c":1e-400'),
  member("integer-like-names", "integer-like names come first, in ascending order", '"10":"a","2":"b","01":"c","-1":"d","4294967294":"e","4294967295":"f","0":"g"'),
  member("integer-like-names-nested", "the order of names holds at every depth", '"data":{"b":1,"7":{"z":1,"3":2},"a":2}'),
  member("accent-escape", "\\u00e9 becomes the character itself", '"name":"caf\\u00e9 \\u20ac"'),
  member("surrogate-pair-escape", "an escaped pair becomes the character itself", '"name":"\\ud83d\\ude00 \\uD83C\\uDFE0"'),
  member("slash-escape", "\\/ becomes /", '"path":"a\\/b\\/c"'),
  member("control-escapes", "control characters are written in their short form, or as lower-case \\u", '"text":"\\u0008\\u0009\\u000a\\u000B\\u000c\\u000d\\u001F\\u007f\\u0022\\u005c"'),
  member("html-characters", "<, >, & and U+2028 are written as they are", '"text":"\\u003cb\\u003e \\u0026 \\u2028\\u2029"'),
  member("lone-surrogate", "a lone surrogate stays an escape, in lower case", '"text":"\\uD800 \\uDC00x\\uDBFF"'),
  member("lone-surrogate-names", "names that are two different lone surrogates are two names", '"\\uD800":1,"\\uD801":2'),
  member("proto-name", "__proto__ is a name like any other", '"__proto__" : { "a" : 1 }, "constructor" : 2, "toString" : 3'),
  member("empty-values", "empty objects, lists, strings and names", '"a": { }, "b": [ ], "": "", "c": [ [ ], { } ]'),
  member("literals", "true, false and null keep their text", '"a" : true, "b" : false, "c" : [ null ]'),
];
