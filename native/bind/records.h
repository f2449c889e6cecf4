// Memory of our own for what a forward pass keeps for its backward pass inside XLA programs.
//
// XLA maps larger temporaries afresh at every call, and zeroing their pages takes up to a third of
// a training step. Here the memory goes from step to step; the program carries a ticket instead. A
// record that is gone, because too many were never asked for, is computed again by the backward
// pass: results do not depend on what is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>

class Records {
  struct Entry;

 public:
  using Ticket = std::uint64_t;

  // A record that stays while this lives; `data` is null where there is none.
  class Hold {
   public:
    Hold(Records& records, Entry* entry) : records_(records), entry_(entry) {}
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    float* data() const;
    Ticket ticket() const;

   private:
    Records& records_;
    Entry* entry_;
  };

  explicit Records(std::size_t limit_bytes);
  ~Records();
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  // Room for a new record, under a new ticket.
  Hold open(std::size_t floats);
  // The record of a ticket, to be read; it may make room for others afterwards.
  Hold find(Ticket ticket, std::size_t floats);
  std::size_t bytes() const;
  // Keeps no more than this from now on, but for records that are in use.
  void limit(std::size_t bytes);

  static Records& shared();

 private:
  struct Entry {
    float* data;
    std::size_t capacity, floats;
    Ticket ticket;
    std::uint64_t touched;  // order of last use
    int holds;
    bool read;
  };
  Entry* reusable(std::size_t floats);
  void drop_outgrown(std::size_t floats);
  void make_room(std::size_t bytes);
  void drop(std::list<Entry>::iterator entry);
  void close(Entry* entry);

  mutable std::mutex mutex_;
  std::list<Entry> entries_;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  std::uint64_t clock_ = 0;
  Ticket next_;
};
