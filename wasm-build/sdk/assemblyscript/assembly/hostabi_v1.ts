// The functions that the host serves, as SPEC.md lists them. A function is
// imported from the module that its file is named after, and that name is the
// version of the ABI. The other files know this one by host.ts alone.

export declare function read(field: i32, name: usize, nameLen: i32, index: i32, buf: usize, cap: i32): i32;
export declare function name(field: i32, index: i32, buf: usize, cap: i32): i32;
export declare function body_len(): i32;
export declare function body_read(offset: i32, buf: usize, cap: i32): i32;

export declare function value(field: i32, name: usize, nameLen: i32, index: i32): i32;
export declare function value_text(text: usize, len: i32): i32;
export declare function value_strip(value: i32, prefix: usize, len: i32): i32;
export declare function value_split(value: i32, separator: usize, len: i32, n: i32): i32;
export declare function value_member(value: i32, separator: usize, len: i32, key: usize, keyLen: i32, n: i32): i32;
export declare function value_jws(value: i32, algorithm: usize, len: i32, name: usize, nameLen: i32): i32;
export declare function value_or(value: i32, other: i32): i32;
export declare function value_fault(value: i32, buf: usize, cap: i32): i32;
export declare function value_read(value: i32, buf: usize, cap: i32): i32;

export declare function alternative(name: usize, len: i32): void;
export declare function check(algorithm: usize, len: i32): void;
export declare function key(origin: i32, prepare: usize, len: i32): void;
export declare function key_id(value: i32): void;
export declare function key_url(url: usize, len: i32, certificate: i32): void;
export declare function part_literal(text: usize, len: i32): void;
export declare function part_value(value: i32): void;
export declare function part_body(): void;
export declare function part_ecmascript_body(): void;
export declare function part_canonical_body(): void;
export declare function part_secret(): void;
export declare function part_digest(algorithm: usize, len: i32, encoding: i32): void;
export declare function part_end(): void;
export declare function signature(value: i32, encodings: i32): void;
export declare function condition_equals(left: i32, right: i32, optional: i32): void;
export declare function condition_in(left: i32, optional: i32): void;
export declare function condition_member(text: usize, len: i32): void;
export declare function condition_digest(left: i32, algorithm: usize, len: i32, encoding: i32, optional: i32): void;
export declare function condition_time(bound: i32, left: i32, unit: i32, leewayMs: i64, optional: i32): void;
export declare function time(value: i32): void;
export declare function time_unit(unit: i32): void;
export declare function time_bound(pastMs: i64, futureMs: i64): void;
export declare function time_tolerance(text: usize, len: i32): void;
export declare function id(value: i32): void;
export declare function type(value: i32): void;
export declare function challenge(status: i32, contentType: usize, contentTypeLen: i32, body: usize, bodyLen: i32, unsigned: i32): void;
export declare function refuse(reason: usize, len: i32): void;

export declare function emit(type: usize, typeLen: i32, contentType: usize, contentTypeLen: i32, body: usize, bodyLen: i32): void;
export declare function forward(type: usize, len: i32): void;
export declare function emit_header(name: usize, nameLen: i32, text: usize, textLen: i32): void;

export declare function digest(algorithm: usize, algorithmLen: i32, data: usize, dataLen: i32, out: usize, cap: i32): i32;
export declare function log(level: i32, text: usize, len: i32): void;
export declare function fail(text: usize, len: i32): void;
