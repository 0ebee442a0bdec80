// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a DSCP. The transport's checksum does not cover it, and IPv4's own is
 * mended where the field changes, so neither offload nor GSO has a part in it:
 * segments get copies of this header.
 */
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>

#include "dscp.h"

#define WEFT_DSCP_MAX_VLANS	2

/*
 * Where the outermost IP header stands, from the Ethernet header at skb->data,
 * and by its own word of which version; a negative error where there is none.
 */
static int weft_dscp_find(const struct sk_buff *skb, __be16 *proto)
{
	int offset = ETH_HLEN, tags;
	const struct ethhdr *eth;
	struct ethhdr eth_copy;
	u8 version_copy;
	const u8 *version;

	eth = skb_header_pointer(skb, 0, sizeof(eth_copy), &eth_copy);
	if (!eth)
		return -EINVAL;
	*proto = eth->h_proto;
	for (tags = 0; eth_type_vlan(*proto); tags++) {
		const struct vlan_hdr *vlan;
		struct vlan_hdr vlan_copy;

		vlan = tags == WEFT_DSCP_MAX_VLANS ? NULL :
			skb_header_pointer(skb, offset, sizeof(vlan_copy),
					   &vlan_copy);
		if (!vlan)
			return -EINVAL;
		*proto = vlan->h_vlan_encapsulated_proto;
		offset += VLAN_HLEN;
	}
	version = skb_header_pointer(skb, offset, sizeof(version_copy),
				     &version_copy);
	if (!version)
		return -EINVAL;
	if ((*proto == htons(ETH_P_IP) && *version >> 4 == 4) ||
	    (*proto == htons(ETH_P_IPV6) && *version >> 4 == 6))
		return offset;
	return -EPROTONOSUPPORT;
}

/*
 * May so many bytes of the header be written? Who holds another reference, as
 * pktgen does, would be left with a header that has gone.
 */
static bool weft_dscp_writable(struct sk_buff *skb, unsigned int len)
{
	if (skb_shared(skb))
		return !skb_cloned(skb) && skb_headlen(skb) >= len;
	return !skb_ensure_writable(skb, len);
}

/**
 * weft_dscp_write - write the DSCP of a packet's outermost IP header
 * @skb: the packet, data at its Ethernet header
 * @dscp: 0 to WEFT_DSCP_MAX
 *
 * ECN bits stay. A packet without an IP header, or one that cannot be made
 * writable for lack of memory, stays as it is.
 *
 * Context: Any but hard interrupt. May change where @skb's header lies, so that
 *	pointers to it are to be read again.
 */
void weft_dscp_write(struct sk_buff *skb, u8 dscp)
{
	__be16 proto;
	int offset;

	offset = weft_dscp_find(skb, &proto);
	if (offset < 0)
		return;
	if (proto == htons(ETH_P_IP)) {
		if (weft_dscp_writable(skb, offset + sizeof(struct iphdr)))
			ipv4_change_dsfield((struct iphdr *)(skb->data + offset),
					    INET_ECN_MASK, dscp << 2);
	} else {
		if (weft_dscp_writable(skb, offset + sizeof(struct ipv6hdr)))
			ipv6_change_dsfield((struct ipv6hdr *)(skb->data + offset),
					    INET_ECN_MASK, dscp << 2);
	}
}
