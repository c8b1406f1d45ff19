;; SipHash-2-4 with 64 bits of output, over a memory that its caller brings. Words are read little-endian, as the algorithm
;; wants them; the tag is big-endian, as the wire wants it.
(module
  (import "host" "memory" (memory 1))

  ;; One step takes in a word by two rounds. The blocks are followed by the word that holds what is left and the length; after
  ;; it v2 is marked, and two more steps with nothing to take in are the four rounds that end the hash.
  (func $hash (param $key i32) (param $at i32) (param $length i32) (result i64)
    (local $v0 i64) (local $v1 i64) (local $v2 i64) (local $v3 i64)
    (local $word i64) (local $rest i32)
    (local.set $v2 (i64.load (local.get $key)))
    (local.set $v3 (i64.load offset=8 (local.get $key)))
    (local.set $v0 (i64.xor (local.get $v2) (i64.const 0x736f6d6570736575)))
    (local.set $v1 (i64.xor (local.get $v3) (i64.const 0x646f72616e646f6d)))
    (local.set $v2 (i64.xor (local.get $v2) (i64.const 0x6c7967656e657261)))
    (local.set $v3 (i64.xor (local.get $v3) (i64.const 0x7465646279746573)))
    (local.set $rest (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -8))))
    (loop $step
      (if (i32.lt_u (local.get $at) (local.get $rest))
        (then (local.set $word (i64.load (local.get $at))))
        (else (if (i32.eq (local.get $at) (local.get $rest))
          (then
            ;; The load reaches into the tag that follows, never past it; the mask drops what is not input.
            (local.set $word (i64.or
              (i64.and
                (i64.load (local.get $rest))
                (i64.sub
                  (i64.shl (i64.const 1) (i64.shl (i64.extend_i32_u (i32.and (local.get $length) (i32.const 7))) (i64.const 3)))
                  (i64.const 1)))
              (i64.shl (i64.extend_i32_u (local.get $length)) (i64.const 56)))))
          (else
            (local.set $word (i64.const 0))
            (if (i32.eq (local.get $at) (i32.add (local.get $rest) (i32.const 8)))
              (then (local.set $v2 (i64.xor (local.get $v2) (i64.const 0xff)))))))))

      (local.set $v3 (i64.xor (local.get $v3) (local.get $word)))

      (local.set $v0 (i64.add (local.get $v0) (local.get $v1)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 13)) (local.get $v0)))
      (local.set $v0 (i64.rotl (local.get $v0) (i64.const 32)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v3)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 16)) (local.get $v2)))
      (local.set $v0 (i64.add (local.get $v0) (local.get $v3)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 21)) (local.get $v0)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v1)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 17)) (local.get $v2)))
      (local.set $v2 (i64.rotl (local.get $v2) (i64.const 32)))

      (local.set $v0 (i64.add (local.get $v0) (local.get $v1)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 13)) (local.get $v0)))
      (local.set $v0 (i64.rotl (local.get $v0) (i64.const 32)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v3)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 16)) (local.get $v2)))
      (local.set $v0 (i64.add (local.get $v0) (local.get $v3)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 21)) (local.get $v0)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v1)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 17)) (local.get $v2)))
      (local.set $v2 (i64.rotl (local.get $v2) (i64.const 32)))

      (local.set $v0 (i64.xor (local.get $v0) (local.get $word)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $step (i32.le_u (local.get $at) (i32.add (local.get $rest) (i32.const 16)))))
    (i64.xor (i64.xor (local.get $v0) (local.get $v1)) (i64.xor (local.get $v2) (local.get $v3))))

  ;; The same eight bytes in the other order.
  (func $reversed (param $word i64) (result i64)
    (local.set $word (i64.or
      (i64.shl (i64.and (local.get $word) (i64.const 0x00ff00ff00ff00ff)) (i64.const 8))
      (i64.and (i64.shr_u (local.get $word) (i64.const 8)) (i64.const 0x00ff00ff00ff00ff))))
    (local.set $word (i64.or
      (i64.shl (i64.and (local.get $word) (i64.const 0x0000ffff0000ffff)) (i64.const 16))
      (i64.and (i64.shr_u (local.get $word) (i64.const 16)) (i64.const 0x0000ffff0000ffff))))
    (i64.rotl (local.get $word) (i64.const 32)))

  (func (export "tag") (param $key i32) (param $at i32) (param $length i32)
    (i64.store
      (i32.add (local.get $at) (local.get $length))
      (call $reversed (call $hash (local.get $key) (local.get $at) (local.get $length)))))

  ;; All eight bytes are compared at once, so the time tells nothing about them.
  (func (export "verify") (param $key i32) (param $at i32) (param $length i32) (result i32)
    (i64.eq
      (i64.load (i32.add (local.get $at) (local.get $length)))
      (call $reversed (call $hash (local.get $key) (local.get $at) (local.get $length))))))
